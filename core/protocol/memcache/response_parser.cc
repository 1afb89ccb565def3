#include "protocol/memcache/response_parser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/text.h"
#include "buffer/inbox.h"
#include "message/response.h"
#include "protocol/memcache/begun_line.h"
#include "protocol/memcache/meta_flags.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/reply_words.h"
#include "protocol/memcache/words.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

constexpr std::string_view crlf = "\r\n";

// incr and decr answer with 64 bits.
bool is_number(std::string_view line) {
  return is_unsigned(line, std::numeric_limits<std::uint64_t>::max());
}

}  // namespace

parse_status response_parser::parse(inbox& from, response& found) {
  if (finished_) start_over();
  step result = step::again;
  while (result == step::again) {
    result = block_end_ != 0 ? parse_block(from) : parse_line(from.unread());
  }
  if (result == step::incomplete) return parse_status::incomplete;
  if (result == step::malformed) return parse_status::malformed;

  // An error in the place of END makes the values before it worthless (a proxy must not write an
  // error line inside a reply).
  const std::size_t hidden = shape_ == shape::error ? line_ : 0;
  found = {.size = end_,
           .shape = shape_,
           .count = count_,
           .relayed = {.offset = static_cast<std::uint32_t>(hidden),
                       .size = static_cast<std::uint32_t>(end_ - hidden)},
           .echoes = echoes_};
  finished_ = true;
  return parse_status::complete;
}

void response_parser::start_over() {
  line_ = scanned_ = end_ = block_end_ = 0;
  shape_ = 0;
  count_ = 0;
  finished_ = false;
  echoes_.clear();
}

response_parser::step response_parser::parse_line(std::string_view unread) {
  const std::size_t from = scanned_;
  const std::size_t found = unread.find('\n', from);
  scanned_ = std::min(found, unread.size());
  if (scanned_ - line_ > limits_.line_bytes_max) return step::malformed;
  if (found == std::string_view::npos) {
    return judge_begun_line(unread, from) ? step::incomplete : step::malformed;
  }
  if (found == line_ || unread[found - 1] != '\r') return step::malformed;
  end_ = found + 1;
  const std::string_view line = unread.substr(line_, end_ - crlf.size() - line_);
  // A CR within it could end the reply early for a client that looks for CR alone.
  return line.find('\r') == std::string_view::npos ? read_line(line) : step::malformed;
}

// What came of the line since it was last judged begins at `from`.
bool response_parser::judge_begun_line(std::string_view unread, std::size_t from) {
  if (from == line_) {
    begun_.begin({.first = count_ == 0,
                  .shape = shape_,
                  .block_end_max = limits_.whole_bytes_max(),
                  .stats_end_max = limits_.message_bytes_max});
  }
  return begun_.take(unread.substr(from), from);
}

response_parser::step response_parser::parse_block(inbox& from) {
  const std::string_view unread = from.unread();
  if (unread.size() >= block_end_ - 1 && unread[block_end_ - 2] != '\r') return step::malformed;
  if (unread.size() < block_end_) {
    from.expect(block_end_);
    return step::incomplete;
  }
  if (unread[block_end_ - 1] != '\n') return step::malformed;
  end_ = line_ = scanned_ = block_end_;
  block_end_ = 0;
  return shape_ == shape::va ? step::complete : step::again;
}

response_parser::step response_parser::read_line(std::string_view line) {
  const char first = line.empty() ? '\0' : line.front();
  if (first == 'V' && line.starts_with("VALUE ")) return read_value(line);
  if (first == 'S' && line.starts_with("STAT ")) return read_stat(line);
  if (first == 'E' && line == "END") return finish(count_ == 0 ? shape::end : shape_);
  if (is_error_line(line)) return finish(shape::error);
  if (count_ != 0) return step::malformed;
  if (const auto* const word = find_reply_word(line); word && word->then == behind::nothing) {
    return finish(word->shape);
  }
  if (is_number(line)) return finish(shape::number);
  if (line.starts_with("VERSION ")) return finish(shape::version);
  return read_code(line);
}

response_parser::step response_parser::finish(std::uint32_t shape) {
  shape_ = shape;
  return step::complete;
}

response_parser::step response_parser::read_value(std::string_view line) {
  const auto value = read_value_line(line);
  if (!value) return step::malformed;
  const std::uint32_t shape = value->has_unique ? shape::values_unique : shape::values;
  if (count_ != 0 && shape != shape_) return step::malformed;
  shape_ = shape;
  ++count_;
  add_echo(line, line.substr(value->key.offset, value->key.size));
  return expect_block(value->bytes);
}

// doc/protocol.txt, "General-purpose statistics". A value may be empty, or have spaces.
response_parser::step response_parser::read_stat(std::string_view line) {
  constexpr std::string_view name = "STAT ";
  const std::string_view rest = line.substr(name.size());
  const bool blank = rest.empty() || rest.front() == ' ';
  const bool plain = std::ranges::none_of(rest, [](char c) { return c != ' ' && is_control(c); });
  if (blank || !plain || (count_ != 0 && shape_ != shape::stats)) return step::malformed;
  if (end_ > limits_.message_bytes_max) return step::malformed;
  shape_ = shape::stats;
  ++count_;
  line_ = scanned_ = end_;
  return step::again;
}

// doc/protocol.txt, "Meta Commands": a code, for VA a size, then flags.
response_parser::step response_parser::read_code(std::string_view line) {
  std::string_view rest = line;
  const auto* const word = find_reply_word(take_word(rest));
  if (word == nullptr || line.starts_with(' ')) return step::malformed;
  if (word->then != behind::flags && word->then != behind::size) return step::malformed;
  const std::uint32_t shape = word->shape;
  if (shape == shape::me) {
    add_echo(line, take_word(rest));
    return finish(shape);
  }
  if (shape != shape::va) {
    take_echoes(line, rest);
    return finish(shape);
  }
  const auto bytes = parse_unsigned(take_word(rest), block_bytes_max);
  if (!bytes) return step::malformed;
  take_echoes(line, rest);
  shape_ = shape;
  return expect_block(*bytes);
}

response_parser::step response_parser::expect_block(std::uint64_t bytes) {
  const std::uint64_t end = end_ + bytes + crlf.size();
  if (end > limits_.whole_bytes_max()) return step::malformed;
  block_end_ = static_cast<std::size_t>(end);
  return step::again;
}

void response_parser::take_echoes(std::string_view line, std::string_view flags) {
  while (!flags.empty()) {
    const std::string_view flag = take_word(flags);
    if (!flag.empty() && is_echoed(flag[0])) add_echo(line, flag);
  }
}

// `part` is a view of some of `line`.
void response_parser::add_echo(std::string_view line, std::string_view part) {
  const auto in_line = static_cast<std::size_t>(part.data() - line.data());
  echoes_.push_back({.offset = static_cast<std::uint32_t>(line_ + in_line),
                     .size = static_cast<std::uint32_t>(part.size())});
}

}  // namespace dovetail::memcache
