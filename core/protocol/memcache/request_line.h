// One line of a client, judged: which command, which words, may it be served?

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "message/request.h"
#include "protocol/memcache/commands.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {

// memcached closes a connection when it has seen this many bytes of a line other than get and gets
// without its end (proto_text.c, try_read_command_ascii). A server connection is shared: no such
// line may reach one.
inline constexpr std::size_t server_line_bytes_max = 2048;

// Reused; keeps its storage.
class request_line {
 public:
  explicit request_line(const message_limits& limits) : limits_(limits) {}

  // Judges `text`, which is a line without its LF or CRLF; `ended_by_crlf` says which it was.
  void read(std::string_view text, bool ended_by_crlf);

  std::uint16_t command() const { return command_; }

  // The line, where it is to be forwarded, is as `write` would write it.
  bool canonical() const { return canonical_; }

  // False where memcached would stay silent: a last word `noreply` that it got as far as to see. It
  // then answers not even errors in the words before.
  bool reply_wanted() const { return reply_wanted_; }

  // Why it cannot be served: the reply, without its end. Empty where it can.
  std::string_view refusal() const { return refusal_; }

  // HTTP: a browser was made to talk to us. memcached closes, too.
  bool hostile() const { return hostile_; }

  // Bytes of the data block behind the line, without its end. Known for most refused lines too.
  std::optional<std::uint64_t> block() const { return block_; }

  // The name, then the fields, keys or meta flags. What memcached ignores and `noreply` are left
  // out where nothing is refused. Offsets are from the line's first byte.
  std::span<const extent> words() const { return words_; }

  // Those of the words that are keys.
  std::span<const extent> keys() const;

  // The key that is meant by one in base64; empty where the key is the one that is given.
  std::string_view meant() const { return meant_; }

 private:
  const struct command& row() const { return commands()[command_]; }
  std::string_view word(std::size_t at) const { return words_[at].of(text_); }

  void find_words();
  void find_block();
  void find_noreply();
  std::string_view judge();
  std::string_view judge_length() const;
  std::string_view judge_fields();
  std::string_view judge_field(field what, std::size_t at);
  std::string_view judge_number(bool good, std::size_t at, std::string_view refusal);
  std::string_view judge_keys(std::size_t from) const;
  std::string_view judge_zero() const;
  std::string_view judge_flags();
  bool has_base64_key() const;
  std::string_view judge_base64(std::string_view refusal);
  bool is_left_out(field what) const;
  void leave_out_ignored();

  message_limits limits_;
  std::string_view text_;  // during read
  std::uint16_t command_ = 0;
  bool canonical_ = true;
  bool reply_wanted_ = true;
  bool hostile_ = false;
  bool plain_ = true;  // has no control byte but spaces
  std::string_view refusal_;
  std::optional<std::uint64_t> block_;
  std::vector<extent> words_;
  std::string meant_;
};

}  // namespace dovetail::memcache
