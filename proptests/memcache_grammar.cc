#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proptests/grammar.h"
#include "protocol/protocol.h"

namespace dovetail::proptests {
namespace {

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

}  // namespace

std::unique_ptr<grammar> grammar_of_memcache_requests(const message_limits& limits) {
  return std::make_unique<memcache_requests>(limits);
}

std::unique_ptr<grammar> grammar_of_memcache_replies(const message_limits& limits) {
  return std::make_unique<memcache_replies>(limits);
}

}  // namespace dovetail::proptests
