#include "fuzz/memcache_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dovetail::fuzz {
namespace {

// Behind the name, a letter each: k key, K keys to the end, n number, f number of 32 bits, s
// likewise with a sign, b bytes of the data block, t one topic or none, * flags to the end.
struct grammar {
  std::string_view name;
  std::string_view words;
};

constexpr std::array grammars = {
    grammar{"get", "K"},       grammar{"gets", "K"},       grammar{"gat", "sK"},
    grammar{"gats", "sK"},     grammar{"set", "kfsb"},     grammar{"add", "kfsb"},
    grammar{"append", "kfsb"}, grammar{"replace", "kfsb"}, grammar{"prepend", "kfsb"},
    grammar{"cas", "kfsbn"},   grammar{"incr", "kn"},      grammar{"decr", "kn"},
    grammar{"delete", "k"},    grammar{"touch", "ks"},     grammar{"mg", "k*"},
    grammar{"ms", "kb*"},      grammar{"md", "k*"},        grammar{"ma", "k*"},
    grammar{"me", "k*"},       grammar{"stats", "t"},
};

constexpr std::size_t line_bytes_max = 2048;  // of all but get and gets
constexpr std::size_t key_bytes_max = 250;

bool is_key(std::string_view word) {
  return !word.empty() && word.size() <= key_bytes_max;
}

bool is_number(std::string_view word, bool negative_too) {
  if (negative_too && word.size() > 1 && word[0] == '-' && word[1] != '0') word.remove_prefix(1);
  if (word.empty() || (word.size() > 1 && word[0] == '0')) return false;
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failed != std::errc() || end != word.data() + word.size()) return false;
  return !negative_too || value <= std::uint64_t{1} << 31;
}

// `q` must not be passed on: each request has its one response.
bool is_flag(std::string_view word) {
  return word != "q" && ((word[0] >= 'a' && word[0] <= 'z') || (word[0] >= 'A' && word[0] <= 'Z'));
}

// Nothing where two words are not parted by exactly one space.
std::optional<std::vector<std::string>> split(std::string_view line) {
  std::vector<std::string> words;
  for (;;) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end == 0) return std::nullopt;
    words.emplace_back(line.substr(0, end));
    if (end == line.size()) return words;
    line.remove_prefix(end + 1);
  }
}

// What stats tells without changing anything.
bool is_topic(std::string_view word) {
  constexpr std::array topics = {"items", "slabs", "sizes", "settings", "conns"};
  return std::ranges::find(topics, word) != topics.end();
}

bool fits(char kind, std::string_view word) {
  switch (kind) {
    case 'k':
    case 'K':
      return is_key(word);
    case 's':
      return is_number(word, true);
    case '*':
      return is_flag(word);
    case 't':
      return is_topic(word);
    case 'f':
      return is_number(word, false) && word.size() <= 10 &&
             (word.size() < 10 || word <= "4294967295");
    default:
      return is_number(word, false);
  }
}

// Where the words fit the grammar: the word that says how long the block is, or 0.
std::optional<std::size_t> match(const grammar& rule, const std::vector<std::string>& words) {
  std::size_t block = 0;
  std::size_t at = 1;
  for (const char kind : rule.words) {
    if (kind == '*') {
      while (at < words.size() && fits(kind, words[at]))
        ++at;
      continue;
    }
    if (kind == 't') {
      if (at < words.size() && fits(kind, words[at])) ++at;
      continue;
    }
    if (kind == 'b') block = at;
    do {
      if (at >= words.size() || !fits(kind, words[at++])) return std::nullopt;
    } while (kind == 'K' && at < words.size());
  }
  if (at != words.size()) return std::nullopt;
  return block;
}

}  // namespace

std::optional<std::vector<std::string>> take_memcache_request(std::string_view& wire) {
  const std::size_t end = wire.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = wire.substr(0, end);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::ranges::any_of(line, is_control)) return std::nullopt;
  auto words = split(line);
  if (!words) return std::nullopt;
  const auto rule = std::ranges::find(grammars, std::string_view(words->front()), &grammar::name);
  if (rule == grammars.end()) return std::nullopt;
  if (rule->words != "K" && line.size() + 2 > line_bytes_max) return std::nullopt;
  const auto block = match(*rule, *words);
  if (!block) return std::nullopt;
  wire.remove_prefix(end + 2);
  if (*block == 0) return words;

  std::uint64_t size = 0;
  const std::string& digits = (*words)[*block];
  std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (size > std::numeric_limits<std::int32_t>::max() || wire.size() < size + 2)
    return std::nullopt;
  if (wire.substr(size, 2) != "\r\n") return std::nullopt;
  words->emplace_back(wire.substr(0, size));
  wire.remove_prefix(size + 2);
  return words;
}

}  // namespace dovetail::fuzz
