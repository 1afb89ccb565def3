// Values that say where they come from.
//
//     key: 6 letters │ who wrote it and when: 10 letters │ bytes that follow from these, any at all
//
// A value that was cut, glued together or changed in a byte is not one, and a whole one tells which
// write it was.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/load/key_space.h"

namespace dovetail::sim::load {

// One write of one client.
struct write_id {
  static constexpr std::uint32_t writers_max = (1U << 18) - 1;
  // Who writes before the load begins: each key once, all of them as write 0.
  static constexpr std::uint32_t preloader = writers_max;

  std::uint32_t writer = 0;
  std::uint64_t sequence = 0;  // of 42 bits

  bool operator==(const write_id&) const = default;
};

struct provenance {
  key_number key = 0;
  write_id written;

  bool operator==(const provenance&) const = default;
};

// Makes values and recognises them. Sizes lie between two bounds and follow from the provenance.
class value_maker {
 public:
  static constexpr std::size_t bytes_min = 16;

  // bytes_min <= least <= most
  value_maker(std::size_t least, std::size_t most);

  std::size_t size(const provenance& of) const;
  void append(std::string& to, const provenance& of) const;

  // memcached's flags of that value.
  static std::uint32_t flags(const provenance& of);

  // Where the value comes from, if it is one and whole.
  std::optional<provenance> read(std::string_view value) const;

 private:
  bool is_padding(std::string_view bytes, std::uint64_t from) const;

  std::size_t least_;
  std::size_t most_;
  std::string pattern_;
};

}  // namespace dovetail::sim::load
