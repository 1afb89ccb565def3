// What the proxy knows of each command, in one table. Lower case only, as memcached.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

#include "message/request.h"

namespace dovetail::memcache {

// What an argument is, which decides how it is judged and written.
enum class field : std::uint8_t {
  none,
  key,
  keys,     // this one and all that follow
  flags,    // 32 bits
  exptime,  // 32 bits, signed
  bytes,    // of the data block behind the line
  unique,   // a cas value: 64 bits
  delta,    // of incr and decr: 64 bits
  level,    // of verbosity
  delay,    // of flush_all: as an exptime, or not there
  topic,    // of stats: one of those that are told in STAT lines, or not there
};

// The fields of a command in their order, and where each is: asked several times for each request.
class field_list {
 public:
  constexpr field_list() = default;
  constexpr field_list(std::initializer_list<field> fields) {
    for (const field each : fields) {
      fields_[size_++] = each;
      words_[std::to_underlying(each)] = size_;
    }
  }

  // field::none where there are no more.
  constexpr field operator[](std::size_t at) const { return fields_[at]; }
  constexpr std::size_t size() const { return size_; }

  // The word (the name is word 0) that is this field, or 0.
  constexpr std::size_t word_of(field what) const { return words_[std::to_underlying(what)]; }

 private:
  std::array<field, 5> fields_{};
  std::array<std::uint8_t, std::to_underlying(field::topic) + 1> words_{};
  std::uint8_t size_ = 0;
};

enum class handling : std::uint8_t {
  forward,
  answer,       // here, in filter
  hang_up,      // quit
  unsupported,  // refused with `refusal`
};

struct command {
  std::string_view name;
  std::uint8_t words_min = 1;  // the name included, as memcached counts; fewer: ERROR
  std::uint8_t words_max = 1;  // more: ERROR
  field_list fields{};         // behind the name; further words are ignored, as there
  std::uint32_t shapes = 0;    // of replies that could answer it
  bool noreply = false;        // may end with that word
  bool meta = false;           // flags follow the fields
  bool idempotent = false;     // done twice in a row it leaves and tells the same
  bool for_all = false;        // goes to every server of the pool
  bool zero_follows = false;   // a time of 0 may stand behind the key, and is ignored
  bool debugs_key = false;     // the response names the key, which may be in base64
  handling how = handling::forward;
  std::string_view refusal{};  // of an unsupported or unknown one: the whole text

  // As many keys as there are words left.
  static constexpr std::uint8_t any = 255;

  // Takes any number of keys, which may be divided among servers.
  constexpr bool has_many_keys() const { return fields.word_of(field::keys) != 0; }
  constexpr bool has_block() const { return fields.word_of(field::bytes) != 0; }
};

// Row 0 is the unknown command.
std::span<const command> commands();

// The row of the command of this name, or 0.
std::uint16_t find_command(std::string_view name);

inline const command& command_of(const request& asked) {
  return commands()[asked.command];
}

}  // namespace dovetail::memcache
