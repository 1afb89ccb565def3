#include "proptests/first_wrong.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/redis_reader.h"

namespace dovetail::proptests {
namespace {

using wide = __int128;

// How a whole line goes on.
enum class then : std::uint8_t { wrong, line, block, message };

struct step {
  then what = then::wrong;
  std::size_t block = 0;  // its bytes, without its end
};

class grammar {
 public:
  explicit grammar(const message_limits& limits) : limits_(limits) {}
  virtual ~grammar() = default;
  grammar(const grammar&) = delete;
  grammar& operator=(const grammar&) = delete;

  virtual void begin_message() = 0;

  // The size of the line that `bytes` begin with, or 0 where its end is not there.
  virtual std::size_t line_size(std::string_view bytes) const = 0;

  // A line, its end included: one that came, or one that could. `before` bytes of the message are
  // in front of it.
  virtual step judge(std::string_view line, std::size_t before) const = 0;
  virtual bool could_come(std::string_view line) const {
    return judge(line, 0).what != then::wrong;
  }
  virtual void accept(std::string_view line) = 0;

  // All of a block, its end included.
  virtual step end_block(std::string_view block) = 0;

  // Ends of lines: where one of them makes a line of what has begun, that may go on.
  virtual const std::vector<std::string>& ends() const = 0;

  // Some of a line that has not ended.
  virtual bool is_too_much(std::string_view begun, std::size_t before) const = 0;

  // Whether the two bytes behind a block are CRLF.
  virtual bool strict_block_ends() const = 0;

 protected:
  message_limits limits_;
};

bool may_go_on(const grammar& of, std::string_view begun, std::size_t before) {
  if (begun.empty()) return true;
  if (of.is_too_much(begun, before)) return false;
  return std::ranges::any_of(of.ends(), [&](const std::string& end) {
    const std::string line = std::string(begun) + end;
    return of.line_size(line) == line.size() && of.could_come(line);
  });
}

// The first n for which the first n bytes cannot be the front of a line.
std::optional<std::size_t> first_wrong_of_line(const grammar& of,
                                               std::string_view bytes,
                                               std::size_t before) {
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    if (!may_go_on(of, bytes.substr(0, size), before)) return size;
  }
  return std::nullopt;
}

std::optional<std::size_t> first_wrong(grammar& of, std::string_view stream) {
  std::size_t at = 0;
  std::size_t message = 0;  // where it begins
  of.begin_message();
  while (at < stream.size()) {
    const std::string_view rest = stream.substr(at);
    const std::size_t size = of.line_size(rest);
    // Of a whole line the last byte is judged with it.
    const std::string_view begun = size == 0 ? rest : rest.substr(0, size - 1);
    if (const auto wrong = first_wrong_of_line(of, begun, at - message)) return at + *wrong;
    if (size == 0) return std::nullopt;
    const std::string_view line = rest.substr(0, size);
    step next = of.judge(line, at - message);
    if (next.what == then::wrong) return at + size;
    of.accept(line);
    at += size;
    if (next.what == then::block) {
      const std::string_view block = stream.substr(at, next.block + 2);
      for (std::size_t end = next.block; of.strict_block_ends() && end < block.size(); ++end) {
        if (block[end] != "\r\n"[end - next.block]) return at + end + 1;
      }
      if (block.size() < next.block + 2) return std::nullopt;
      at += block.size();
      next = of.end_block(block);
      if (next.what == then::wrong) return at;
    }
    if (next.what != then::message) continue;
    message = at;
    of.begin_message();
  }
  return std::nullopt;
}

// `text` as a number that is written as std::to_string would, in [least, most].
std::optional<std::int64_t> plain_number(std::string_view text, wide least, wide most) {
  if (text.empty() || text.size() > 20) return std::nullopt;
  wide value = 0;
  const bool negative = text.front() == '-';
  for (const char c : text.substr(negative ? 1 : 0)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (negative) value = -value;
  if (value < least || value > most) return std::nullopt;
  if (std::to_string(static_cast<std::int64_t>(value)) != text) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

// Digits, zeros in front or not.
std::optional<std::uint64_t> digits(std::string_view text, wide most) {
  wide value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = std::min<wide>(value * 10 + (c - '0'), most + 1);
  }
  if (text.empty() || value > most) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

constexpr wide least_64 = -(wide{1} << 63);
constexpr wide most_64 = (wide{1} << 63) - 1;
constexpr wide most_unsigned_64 = (wide{1} << 64) - 1;

std::vector<std::string> tails_of(const std::vector<std::string>& lines) {
  std::vector<std::string> tails;
  for (const std::string& line : lines) {
    for (std::size_t from = 0; from < line.size(); ++from)
      tails.push_back(line.substr(from));
  }
  std::ranges::sort(tails);
  tails.erase(std::ranges::unique(tails).begin(), tails.end());
  return tails;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

bool is_visible(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f;
}

bool same_word(std::string_view a, std::string_view lower) {
  return std::ranges::equal(a, lower, [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

class redis_grammar : public grammar {
 public:
  using grammar::grammar;

 protected:
  std::size_t whole_bytes_max() const {
    return static_cast<std::size_t>(limits_.message_bytes_max) + limits_.line_bytes_max;
  }

  // The size that `line`, with or without its end, announces is one that may be.
  bool fits(std::string_view line, std::size_t before) const {
    const std::size_t end = std::min(line.find('\r'), line.size());
    const auto size = plain_number(line.substr(1, end - 1), 0, most_64);
    if (!size) return true;
    return static_cast<std::uint64_t>(*size) <= limits_.message_bytes_max &&
           before + end + 2 + static_cast<std::size_t>(*size) + 2 <= whole_bytes_max();
  }
};

class redis_requests final : public redis_grammar {
 public:
  using redis_grammar::redis_grammar;

  void begin_message() override {
    left_ = 0;
    first_ = true;
  }

  std::size_t line_size(std::string_view bytes) const override {
    const bool words = left_ == 0 && bytes.front() != '*';
    const std::size_t end = bytes.find(words ? '\n' : '\r');
    if (end == std::string_view::npos) return 0;
    const std::size_t size = end + (words ? 1 : 2);
    return size <= bytes.size() ? size : 0;
  }

  step judge(std::string_view line, std::size_t before) const override {
    if (left_ == 0 && line.front() != '*') return judge_words(line);
    const std::string_view number = line.substr(1, line.size() - 3);
    if (left_ == 0) {
      const auto count = plain_number(number, least_64, limits_.arguments_max);
      if (!count) return {};
      return {*count > 0 ? then::line : then::message};
    }
    const auto size = plain_number(number, 0, most_64);
    if (line.front() != '$' || !size || !fits(line, before)) return {};
    return {then::block, static_cast<std::size_t>(*size)};
  }

  // Redis judges words when all of the line is there.
  bool could_come(std::string_view line) const override {
    if (left_ == 0 && line.front() != '*') return !line.contains('\0');
    return grammar::could_come(line);
  }

  void accept(std::string_view line) override {
    if (left_ > 0 || line.front() != '*') return;
    left_ = std::max(0LL, std::atoll(std::string(line.substr(1)).c_str()));
  }

  step end_block(std::string_view block) override {
    const std::string_view word = block.substr(0, block.size() - 2);
    if (first_) http_ = is_http(word);
    first_ = false;
    if (--left_ > 0) return {then::line};
    return {http_ ? then::wrong : then::message};
  }

  const std::vector<std::string>& ends() const override {
    static const std::vector<std::string> all = tails_of({"*1\r\n", "$0\r\n", "$1\r\n"});
    return all;
  }

  bool is_too_much(std::string_view begun, std::size_t before) const override {
    if (left_ > 0) return begun.front() == '$' && !fits(begun, before);
    return begun.front() != '*' && begun.size() > limits_.line_bytes_max;
  }

  bool strict_block_ends() const override { return false; }

 private:
  static bool is_http(std::string_view word) {
    return same_word(word, "post") || same_word(word, "host:");
  }

  static step judge_words(std::string_view line) {
    if (line.contains('\0')) return {};
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    const auto words = sim::split_inline(line);
    if (!words || (!words->empty() && is_http(words->front()))) return {};
    return {then::message};
  }

  long long left_ = 0;  // arguments
  bool first_ = true;
  bool http_ = false;
};

class redis_replies final : public redis_grammar {
 public:
  using redis_grammar::redis_grammar;

  void begin_message() override { open_.clear(); }

  std::size_t line_size(std::string_view bytes) const override {
    const std::size_t end = bytes.find('\n');
    return end == std::string_view::npos ? 0 : end + 1;
  }

  step judge(std::string_view line, std::size_t before) const override {
    if (!line.ends_with("\r\n") || before + line.size() > whole_bytes_max()) return {};
    const std::string_view rest = line.substr(1, line.size() - 3);
    if (line.size() < 3 || rest.contains('\r')) return {};
    switch (line.front()) {
      case '+':
      case '-':
        return after_element();
      case ':':
        return plain_number(rest, least_64, most_64) ? after_element() : step{};
      case '$': {
        const auto size = plain_number(rest, -1, most_64);
        if (!size || !fits(line, before)) return {};
        return *size < 0 ? after_element() : step{then::block, static_cast<std::size_t>(*size)};
      }
      case '*': {
        const bool deep = open_.size() == limits_.nesting_max;
        const auto count = plain_number(rest, -1, deep ? 0 : whole_bytes_max() / 3);
        if (!count) return {};
        return *count > 0 ? step{then::line} : after_element();
      }
      default:
        return {};
    }
  }

  void accept(std::string_view line) override {
    if (line.front() == '$' && line[1] != '-') return;
    const long long count =
        line.front() == '*' ? std::atoll(std::string(line.substr(1)).c_str()) : 0;
    if (count > 0) {
      open_.push_back(count);
    } else {
      end_element();
    }
  }

  step end_block(std::string_view) override {
    end_element();
    return {open_.empty() ? then::message : then::line};
  }

  const std::vector<std::string>& ends() const override {
    static const std::vector<std::string> all = tails_of({"+\r\n", "-1\r\n", ":1\r\n"});
    return all;
  }

  bool is_too_much(std::string_view begun, std::size_t before) const override {
    if (before + begun.size() >= whole_bytes_max()) return true;
    return begun.front() == '$' && !fits(begun, before);
  }

  bool strict_block_ends() const override { return true; }

 private:
  step after_element() const {
    const bool last = std::ranges::all_of(open_, [](long long left) { return left == 1; });
    return {last ? then::message : then::line};
  }

  void end_element() {
    while (!open_.empty() && --open_.back() == 0)
      open_.pop_back();
  }

  std::vector<long long> open_;  // elements missing in each array, the one being read included
};

class memcache_requests final : public grammar {
 public:
  using grammar::grammar;

  void begin_message() override {}

  std::size_t line_size(std::string_view bytes) const override {
    const std::size_t end = bytes.find('\n');
    return end == std::string_view::npos ? 0 : end + 1;
  }

  step judge(std::string_view line, std::size_t) const override {
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    std::vector<std::string> words = split(line);
    std::erase(words, "");
    if (words.empty()) return {then::message};
    if (!knows(words.front()) && words.back().starts_with("HTTP/")) return {};
    const std::size_t at = place_of_size(words.front());
    if (at == 0 || at >= words.size()) return {then::message};
    const auto size = digits(words[at], (wide{1} << 31) - 3);
    if (!size) return {then::message};
    return {then::block, static_cast<std::size_t>(*size)};
  }

  bool could_come(std::string_view) const override { return true; }
  void accept(std::string_view) override {}
  step end_block(std::string_view) override { return {then::message}; }

  const std::vector<std::string>& ends() const override {
    static const std::vector<std::string> all = {"\n"};
    return all;
  }

  bool is_too_much(std::string_view begun, std::size_t) const override {
    if (begun.front() == '\x80') return true;
    if (begun.size() <= limits_.line_bytes_max) return false;
    const std::size_t spaces = begun.find_first_not_of(' ');
    if (spaces > 100) return true;
    const std::string_view rest = begun.substr(spaces);
    const bool read = rest.starts_with("get ") || rest.starts_with("gets ");
    return !read || rest.size() > limits_.message_bytes_max;
  }

  bool strict_block_ends() const override { return false; }

 private:
  static bool knows(std::string_view name) {
    static constexpr auto names = std::to_array<std::string_view>({"get",       "gets",
                                                                   "gat",       "gats",
                                                                   "set",       "add",
                                                                   "replace",   "append",
                                                                   "prepend",   "cas",
                                                                   "incr",      "decr",
                                                                   "touch",     "delete",
                                                                   "mg",        "ms",
                                                                   "md",        "ma",
                                                                   "me",        "mn",
                                                                   "version",   "quit",
                                                                   "verbosity", "flush_all",
                                                                   "stats",     "cache_memlimit",
                                                                   "lru",       "lru_crawler",
                                                                   "slabs",     "watch",
                                                                   "shutdown",  "bget"});
    return std::ranges::find(names, name) != names.end();
  }

  // Among the words; 0 where no block follows.
  static std::size_t place_of_size(std::string_view name) {
    if (name == "ms") return 2;
    static constexpr auto names =
        std::to_array<std::string_view>({"set", "add", "replace", "append", "prepend", "cas"});
    return std::ranges::find(names, name) != names.end() ? 4 : 0;
  }
};

class memcache_replies final : public grammar {
 public:
  using grammar::grammar;

  void begin_message() override { so_far_ = kind::none; }

  std::size_t line_size(std::string_view bytes) const override {
    const std::size_t end = bytes.find('\n');
    return end == std::string_view::npos ? 0 : end + 1;
  }

  step judge(std::string_view line, std::size_t before) const override {
    if (!line.ends_with("\r\n")) return {};
    const std::string_view text = line.substr(0, line.size() - 2);
    if (text.contains('\r')) return {};
    const std::vector<std::string> words = split(text);
    const std::string& name = words[0];
    if (text == "END" || name == "ERROR" || name == "CLIENT_ERROR" || name == "SERVER_ERROR")
      return {then::message};
    if (name == "VALUE") return judge_value(words, before + line.size());
    if (name == "STAT") {
      const bool good = so_far_ == kind::none || so_far_ == kind::statistics;
      const bool visible =
          std::ranges::all_of(text, [](char c) { return c == ' ' || is_visible(c); });
      const bool named = words.size() > 1 && !words[1].empty();
      const bool short_enough = before + line.size() <= limits_.message_bytes_max;
      return {good && visible && named && short_enough ? then::line : then::wrong};
    }
    if (so_far_ != kind::none) return {};
    if (is_one_of(text, {"STORED", "NOT_STORED", "EXISTS", "NOT_FOUND", "DELETED", "TOUCHED", "OK",
                         "MN"}))
      return {then::message};
    if (is_one_of(name, {"HD", "EN", "NS", "EX", "NF", "ME"}) || digits(text, most_unsigned_64))
      return {then::message};
    if (name == "VERSION" && words.size() > 1) return {then::message};
    if (name != "VA" || words.size() < 2) return {};
    return block(words[1], before + line.size());
  }

  void accept(std::string_view line) override {
    if (line.starts_with("STAT ")) so_far_ = kind::statistics;
    if (line.starts_with("VALUE ")) so_far_ = split(line).size() == 5 ? kind::unique : kind::values;
    meta_ = line.starts_with("VA ");
  }

  step end_block(std::string_view) override { return {meta_ ? then::message : then::line}; }

  const std::vector<std::string>& ends() const override {
    static const std::vector<std::string> all =
        tails_of({"STORED\r\n",       "NOT_STORED\r\n",  "EXISTS\r\n", "NOT_FOUND\r\n",
                  "DELETED\r\n",      "TOUCHED\r\n",     "OK\r\n",     "MN\r\n",
                  "HD\r\n",           "EN\r\n",          "NS\r\n",     "EX\r\n",
                  "NF\r\n",           "ME\r\n",          "END\r\n",    "VALUE k 0 0 0\r\n",
                  "VALUE k 0 0\r\n",  "VA 0\r\n",        "STAT k\r\n", "VERSION 1\r\n",
                  "CLIENT_ERROR\r\n", "SERVER_ERROR\r\n"});
    return all;
  }

  bool is_too_much(std::string_view begun, std::size_t before) const override {
    if (begun.size() > limits_.line_bytes_max) return true;
    if (begun.starts_with("STAT ")) return before + begun.size() > limits_.message_bytes_max;
    const bool value = begun.starts_with("VALUE ");
    if (!value && !begun.starts_with("VA ")) return false;
    // Where no more of the line came than its CR.
    const bool ended = begun.ends_with('\r');
    if (ended) begun.remove_suffix(1);
    const std::vector<std::string> words = split(begun);
    const std::size_t at = value ? 3 : 1;
    if (words.size() <= at || !digits(words[at], most_block)) return false;
    return block(words[at], before + begun.size() + 2).what == then::wrong;
  }

  bool strict_block_ends() const override { return true; }

 private:
  enum class kind : std::uint8_t { none, values, unique, statistics };

  static constexpr wide most_block = (wide{1} << 31) - 3;

  static bool is_one_of(std::string_view text, std::initializer_list<std::string_view> some) {
    return std::ranges::find(some, text) != some.end();
  }

  step block(std::string_view size, std::size_t from) const {
    const auto bytes = digits(size, most_block);
    if (!bytes || from + *bytes + 2 > limits_.message_bytes_max + limits_.line_bytes_max) return {};
    return {then::block, static_cast<std::size_t>(*bytes)};
  }

  step judge_value(const std::vector<std::string>& words, std::size_t from) const {
    if (words.size() != 4 && words.size() != 5) return {};
    const kind what = words.size() == 5 ? kind::unique : kind::values;
    if (so_far_ != kind::none && so_far_ != what) return {};
    const std::string& key = words[1];
    if (key.empty() || key.size() > 250 || !std::ranges::all_of(key, is_visible)) return {};
    if (!digits(words[2], (wide{1} << 32) - 1)) return {};
    if (what == kind::unique && !digits(words[4], most_unsigned_64)) return {};
    return block(words[3], from);
  }

  kind so_far_ = kind::none;
  bool meta_ = false;
};

template <class Grammar>
std::optional<std::size_t> first_wrong_of(std::string_view stream, const message_limits& limits) {
  Grammar of(limits);
  return first_wrong(of, stream);
}

}  // namespace

std::optional<std::size_t> first_wrong_of_redis_requests(std::string_view stream,
                                                         const message_limits& limits) {
  return first_wrong_of<redis_requests>(stream, limits);
}

std::optional<std::size_t> first_wrong_of_redis_replies(std::string_view stream,
                                                        const message_limits& limits) {
  return first_wrong_of<redis_replies>(stream, limits);
}

std::optional<std::size_t> first_wrong_of_memcache_requests(std::string_view stream,
                                                            const message_limits& limits) {
  return first_wrong_of<memcache_requests>(stream, limits);
}

std::optional<std::size_t> first_wrong_of_memcache_replies(std::string_view stream,
                                                           const message_limits& limits) {
  return first_wrong_of<memcache_replies>(stream, limits);
}

}  // namespace dovetail::proptests
