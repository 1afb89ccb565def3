#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proptests/grammar.h"
#include "protocol/protocol.h"
#include "sim/model/redis_reader.h"

namespace dovetail::proptests {
namespace {

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

  step judge_words(std::string_view line) const {
    if (line.contains('\0')) return {};
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    const auto words = sim::split_inline(line);
    if (!words || words->size() > limits_.arguments_max) return {};
    if (!words->empty() && is_http(words->front())) return {};
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

}  // namespace

std::unique_ptr<grammar> grammar_of_redis_requests(const message_limits& limits) {
  return std::make_unique<redis_requests>(limits);
}

std::unique_ptr<grammar> grammar_of_redis_replies(const message_limits& limits) {
  return std::make_unique<redis_replies>(limits);
}

}  // namespace dovetail::proptests
