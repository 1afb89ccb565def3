#include "sim/trace/trace.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config_error.h"
#include "sim/scenario/scene_yaml.h"
#include "sim/trace/choice.h"
#include "sim/world/hasher.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view title = "dovetail-sim trace 1";

std::string hex(std::uint64_t number) {
  std::string digits(16, '0');
  for (std::size_t at = 16; at-- > 0; number >>= 4)
    digits[at] = "0123456789abcdef"[number & 15];
  return digits;
}

std::string sum_of(std::string_view text) {
  hasher all;
  all.add(text);
  return hex(all.result().high);
}

std::optional<oracle> oracle_named(std::string_view name) {
  for (std::uint8_t each = 0; each <= std::to_underlying(oracle::accounting); ++each) {
    if (name_of(static_cast<oracle>(each)) == name) return static_cast<oracle>(each);
  }
  return std::nullopt;
}

// Reads a trace line by line; the first thing that is wrong ends it.
class trace_reader {
 public:
  explicit trace_reader(std::string_view text) : text_(text) {}

  std::expected<trace, std::string> read() {
    if (!advance() || line_ != title) return wrong("'" + std::string(title) + "' expected");
    while (advance()) {
      if (line_.empty() || line_.starts_with('#')) continue;
      if (auto why = read_section(); !why.empty()) return wrong(why);
    }
    if (!has_scene_) return std::unexpected("the trace has no scene");
    return std::move(read_);
  }

 private:
  bool advance() {
    if (next_ >= text_.size()) return false;
    start_ = next_;
    const std::size_t end = std::min(text_.find('\n', next_), text_.size());
    line_ = text_.substr(next_, end - next_);
    next_ = end + 1;
    ++number_;
    return true;
  }

  std::unexpected<std::string> wrong(const std::string& why) const {
    return std::unexpected("line " + std::to_string(number_) + ": " + why);
  }

  // Each returns what is wrong, or nothing.
  std::string read_section() {
    if (line_.starts_with("from: ")) {
      read_.from = line_.substr(6);
      return {};
    }
    if (line_.starts_with("found: ")) {
      const auto known = oracle_named(line_.substr(7));
      if (!known) return "unknown oracle '" + std::string(line_.substr(7)) + "'";
      read_.found = *known;
      return {};
    }
    if (line_ == "scene:") return read_scene();
    if (line_ == "choices:") return read_choices();
    if (line_.starts_with("sum: ")) return check_sum(line_.substr(5));
    return "from, found, scene, choices or sum expected";
  }

  bool indented() const { return next_ < text_.size() && text_.substr(next_).starts_with("  "); }

  std::string read_scene() {
    std::string lines;
    const std::size_t first = number_;
    while (indented() && advance())
      lines += std::string(line_.substr(2)) + '\n';
    auto scene = parse_scene(lines, {});
    if (!scene) {
      const config_error& first_of_all = scene.error().front();
      number_ = first + static_cast<std::size_t>(first_of_all.at.line);
      return (first_of_all.key.empty() ? "" : first_of_all.key + ": ") + first_of_all.reason;
    }
    read_.of = std::move(*scene);
    has_scene_ = true;
    return {};
  }

  std::string read_choices() {
    while (indented() && advance()) {
      std::string_view text = line_.substr(2);
      const bool star = text.starts_with('*');
      if (star) text.remove_prefix(1);
      auto one = parse_choice(text);
      if (!one) return one.error();
      one->dull = !star;
      read_.choices.push_back(*one);
    }
    return {};
  }

  std::string check_sum(std::string_view said) const {
    const std::string sum = sum_of(text_.substr(0, start_));
    if (sum == said) return {};
    return "the lines above have the sum " + sum +
           ": they are not what was written (remove this line to use them as they are)";
  }

  std::string_view text_;
  std::string_view line_;
  std::size_t start_ = 0;
  std::size_t next_ = 0;
  std::size_t number_ = 0;
  bool has_scene_ = false;
  trace read_;
};

}  // namespace

std::string print_line(const choice& of) {
  return (of.dull ? "    " : "  * ") + to_text(of) + '\n';
}

std::string print_open(const trace& of) {
  std::string text(title);
  text += "\nfrom: " + of.from + "\nfound: " + std::string(name_of(of.found)) + "\nscene:\n";
  const std::string scene = print_scene(of.of);
  for (std::size_t at = 0; at < scene.size();) {
    const std::size_t end = std::min(scene.find('\n', at), scene.size());
    text += "  " + scene.substr(at, end - at) + '\n';
    at = end + 1;
  }
  text += "choices:\n";
  for (const choice& each : of.choices)
    text += print_line(each);
  return text;
}

std::string print(const trace& of) {
  const std::string text = print_open(of);
  return text + "sum: " + sum_of(text) + '\n';
}

std::expected<trace, std::string> parse_trace(std::string_view text) {
  return trace_reader(text).read();
}

std::size_t deviations(const std::vector<choice>& choices) {
  return static_cast<std::size_t>(
      std::ranges::count_if(choices, [](const choice& each) { return !each.dull; }));
}

void trim(std::vector<choice>& choices) {
  while (!choices.empty() && choices.back().dull)
    choices.pop_back();
}

}  // namespace dovetail::sim
