#include "proptests/redis_messages.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <rapidcheck.h>
#include <string>
#include <string_view>
#include <vector>

#include "proptests/generators.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/shapes.h"

namespace dovetail::proptests {
namespace {

namespace shape = redis::shape;

std::string number_line(char type, std::int64_t number) {
  return type + std::to_string(number) + "\r\n";
}

// Redis closes a connection that begins like HTTP.
bool looks_like_http(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower == "post" || lower == "host:";
}

// A command that redis has, in any case; or any word.
std::string any_name() {
  if (one_in(8)) {
    std::string word = any_bytes();
    return looks_like_http(word) ? "x" : word;
  }
  const auto rows = redis::commands();
  std::string name(rows[1 + below(rows.size() - 1)].name);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z' && one_in(3)) c = static_cast<char>(c - 32);
  }
  return name;
}

std::string any_argument() {
  switch (below(16)) {
    case 0:
      return any_of<std::string>({"\r\n", "$1\r\n", "*1\r\n", "\n", "\r", "+OK\r\n"});
    case 1:
      return std::to_string(*rc::gen::arbitrary<std::int64_t>());
    case 2:
      return std::string(below(2000), 'x');
    case 3:
      return any_of<std::string>({"STREAMS", "STORE", "KEYS", "COUNT", "1", "2"});
    default:
      return any_bytes();
  }
}

words any_words() {
  words said = {any_name()};
  const std::size_t arguments = one_in(20) ? below(300) : below(6);
  for (std::size_t at = 0; at < arguments; ++at)
    said.push_back(arguments > 20 ? std::to_string(at) : any_argument());
  return said;
}

// What redis skips without looking at it may be anything.
redis_request tolerated_array_of(const words& said) {
  redis_request made{.said = said, .bytes = {}};
  const auto skipped = [&](std::string_view right) {
    std::string bytes(right);
    if (one_in(4)) bytes[below(bytes.size())] = *rc::gen::arbitrary<char>();
    made.canonical = made.canonical && bytes == right;
    return bytes;
  };
  const auto header = [&](char type, std::size_t number) {
    made.bytes += type + std::to_string(number) + '\r' + skipped("\n");
  };
  header('*', said.size());
  for (const std::string& each : said) {
    header('$', each.size());
    made.bytes += each + skipped("\r\n");
  }
  return made;
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && c != '"' && c != '\'' && c != '\\';
}

std::string double_quoted(std::string_view word) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || one_in(8)) {
      quoted += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

// For words without a line feed, a NUL and a backslash.
std::string single_quoted(std::string_view word) {
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') quoted += '\\';
    quoted += c;
  }
  return quoted + '\'';
}

std::string as_inline_word(const std::string& word, bool first) {
  const bool plain = !word.empty() && std::ranges::all_of(word, is_plain);
  if (plain && !(first && word.front() == '*') && !one_in(4)) return word;
  const bool simple = word.find_first_of(std::string_view("\n\r\\\0", 4)) == std::string::npos;
  return simple && one_in(2) ? single_quoted(word) : double_quoted(word);
}

redis_request line_of(const words& said) {
  const auto blanks = [](std::size_t least) {
    std::string some;
    for (std::size_t left = least + (one_in(4) ? below(4) : 0); left > 0; --left)
      some += one_in(3) ? '\t' : ' ';
    return some;
  };
  redis_request made{.said = said, .bytes = blanks(0), .canonical = true, .is_inline = true};
  for (std::size_t at = 0; at < said.size(); ++at) {
    made.bytes += as_inline_word(said[at], at == 0);
    made.bytes += blanks(at + 1 < said.size() ? 1 : 0);
  }
  made.bytes += one_in(2) ? "\n" : "\r\n";
  return made;
}

std::string any_text() {
  return *rc::gen::container<std::string>(
      rc::gen::suchThat(rc::gen::arbitrary<char>(), [](char c) { return c != '\r' && c != '\n'; }));
}

redis_reply any_element(std::size_t depth);

redis_reply any_array(std::size_t depth) {
  const std::size_t elements = below(5);
  redis_reply made{.bytes = number_line('*', static_cast<std::int64_t>(elements)),
                   .shape = shape::array,
                   .count = static_cast<std::int64_t>(elements)};
  for (std::size_t at = 0; at < elements; ++at)
    made.bytes += any_element(depth + 1).bytes;
  return made;
}

redis_reply any_bulk() {
  const std::string payload = any_argument();
  return {.bytes = number_line('$', static_cast<std::int64_t>(payload.size())) + payload + "\r\n",
          .shape = shape::bulk};
}

redis_reply any_element(std::size_t depth) {
  switch (below(depth < 5 ? 9 : 6)) {
    case 0:
      return {.bytes = "+" + any_text() + "\r\n", .shape = shape::status};
    case 1:
      return {.bytes = "-" + any_text() + "\r\n", .shape = shape::error};
    case 2:
      return {.bytes = number_line(':', *rc::gen::arbitrary<std::int64_t>()),
              .shape = shape::integer};
    case 3:
      return any_bulk();
    case 4:
      return {.bytes = "$-1\r\n", .shape = shape::null_bulk};
    case 5:
      return {.bytes = "*-1\r\n", .shape = shape::null_array};
    default:
      return any_array(depth);
  }
}

// Escaped, as C++ would write it.
std::ostream& print(std::ostream& out, std::string_view bytes) {
  rc::show(std::string(bytes), out);
  return out;
}

}  // namespace

std::string array_of(const words& said) {
  std::string bytes = number_line('*', static_cast<std::int64_t>(said.size()));
  for (const std::string& each : said)
    bytes += number_line('$', static_cast<std::int64_t>(each.size())) + each + "\r\n";
  return bytes;
}

redis_request any_redis_request() {
  const words said = any_words();
  if (one_in(3)) return line_of(said);
  if (one_in(3)) return tolerated_array_of(said);
  return {.said = said, .bytes = array_of(said)};
}

redis_reply any_redis_reply() {
  return any_element(0);
}

std::ostream& operator<<(std::ostream& out, const redis_request& shown) {
  return print(out, shown.bytes);
}

std::ostream& operator<<(std::ostream& out, const redis_reply& shown) {
  return print(out, shown.bytes);
}

}  // namespace dovetail::proptests
