#include "sim/scenario/yaml.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/node/iterator.h>
#include <yaml-cpp/node/node.h>
#include <yaml-cpp/node/parse.h>

#include "base/text.h"
#include "base/time.h"
#include "config/config_error.h"
#include "config/nearest.h"

namespace dovetail::sim {
namespace {

position position_of(const YAML::Mark& mark) {
  return mark.is_null() ? position{} : position{mark.line + 1, mark.column + 1};
}

template <class Number>
void read_any(const yaml_value& from, Number& into) {
  const auto number = read_number(from, 0, std::numeric_limits<Number>::max());
  if (number) into = static_cast<Number>(*number);
}

struct unit {
  std::string_view name;
  std::uint64_t microseconds;
};
constexpr std::array<unit, 3> units = {{{"us", 1}, {"ms", 1000}, {"s", 1'000'000}}};

std::string unknown(std::string_view word, std::span<const std::string_view> known) {
  std::string reason = fmt::format("\"{}\" is not known", word);
  if (const auto meant = nearest(word, known))
    return reason + fmt::format("; did you mean \"{}\"?", *meant);
  reason += "; one of: ";
  for (const std::string_view each : known)
    reason += fmt::format("{}{}", each == known.front() ? "" : ", ", each);
  return reason;
}

}  // namespace

yaml_value::yaml_value(const YAML::Node& node, std::string key, error_list& errors)
    : node_(node), key_(std::move(key)), key_at_(position_of(node.Mark())), errors_(&errors) {}

bool yaml_value::is_text() const {
  return node_.IsScalar();
}

bool yaml_value::is_list() const {
  return node_.IsSequence();
}

bool yaml_value::is_map() const {
  return node_.IsMap();
}

int yaml_value::line() const {
  return position_of(node_.Mark()).line;
}

std::string yaml_value::text() const {
  if (is_text()) return node_.Scalar();
  fail("is to be one word or text");
  return {};
}

std::vector<yaml_value> yaml_value::items() const {
  std::vector<yaml_value> all;
  if (!is_list()) fail("is to be a list");
  if (is_list()) {
    for (const auto& each : node_)
      all.emplace_back(each, key_, *errors_);
  }
  return all;
}

std::vector<yaml_value> yaml_value::entries() const {
  std::vector<yaml_value> all;
  if (!is_map()) fail("is to be a mapping of keys to values");
  if (is_map()) {
    std::set<std::string, std::less<>> seen;
    for (const auto& each : node_) {
      const std::string key = each.first.IsScalar() ? each.first.Scalar() : "?";
      all.emplace_back(each.second, key, *errors_);
      all.back().key_at_ = position_of(each.first.Mark());
      if (each.second.Mark().is_null()) all.back().node_ = each.first;
      if (!seen.insert(key).second) all.back().fail_key("is there twice");
    }
  }
  return all;
}

std::vector<yaml_value> yaml_value::one_or_more() const {
  if (is_list()) return items();
  return {*this};
}

void yaml_value::fail(std::string reason) const {
  errors_->add(position_of(node_.Mark()), "", key_, std::move(reason));
}

void yaml_value::fail_key(std::string reason) const {
  errors_->add(key_at_, "", key_, std::move(reason));
}

void yaml_value::fail_unknown(std::string_view word,
                              std::span<const std::string_view> known) const {
  fail(unknown(word, known));
}

void yaml_value::fail_unknown_key(std::span<const std::string_view> known) const {
  fail_key(unknown(key_, known));
}

std::optional<yaml_value> load_yaml(std::string_view text, error_list& errors) {
  try {
    const YAML::Node all = YAML::Load(std::string(text));
    if (all.IsMap()) return yaml_value(all, "", errors);
    errors.add({.line = 1, .column = 1}, "", "", "is to be a mapping of keys to values");
  } catch (const YAML::Exception& problem) {
    errors.add(position_of(problem.mark), "", "", fmt::format("this is not YAML: {}", problem.msg));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> read_number(const yaml_value& from,
                                         std::uint64_t least,
                                         std::uint64_t most) {
  const std::string text = from.text();
  if (!from.is_text()) return std::nullopt;
  const auto number = parse_unsigned(text, most);
  if (number && *number >= least) return number;
  from.fail(fmt::format("\"{}\" is not a number from {} to {}", text, least, most));
  return std::nullopt;
}

void read(const yaml_value& from, bool& into) {
  const std::string text = from.text();
  if (!from.is_text()) return;
  if (text == "true" || text == "false") {
    into = text == "true";
  } else {
    from.fail(fmt::format("\"{}\" is neither true nor false", text));
  }
}

void read(const yaml_value& from, std::uint8_t& into) {
  read_any(from, into);
}

void read(const yaml_value& from, std::uint32_t& into) {
  read_any(from, into);
}

void read(const yaml_value& from, std::uint64_t& into) {
  read_any(from, into);
}

void read(const yaml_value& from, std::string& into) {
  if (from.is_text()) {
    into = from.text();
  } else {
    from.fail("is to be one word or text");
  }
}

void read(const yaml_value& from, duration& into) {
  const std::string text = from.text();
  if (from.is_text()) read_duration(from, text, into);
}

void read_duration(const yaml_value& from, std::string_view text, duration& into) {
  if (text == "0") {
    into = duration::zero();
    return;
  }
  constexpr std::uint64_t most = 1'000'000'000;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_unsigned(text.substr(0, digits), most);
  const auto* const its = std::ranges::find(units, text.substr(digits), &unit::name);
  if (!number || its == units.end()) {
    return from.fail(fmt::format("\"{}\" is not a time such as 3us, 400ms or 1s", text));
  }
  into = duration(static_cast<duration::rep>(*number * its->microseconds));
}

std::string print_duration(duration time) {
  const auto count = static_cast<std::uint64_t>(time.count());
  if (count == 0) return "0";
  for (const unit& each : {units[2], units[1]}) {
    if (count % each.microseconds == 0) {
      return fmt::format("{}{}", count / each.microseconds, each.name);
    }
  }
  return fmt::format("{}us", count);
}

std::string print_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

yaml_fields::yaml_fields(const yaml_value& of) : all_(of), entries_(of.entries()) {}

std::optional<yaml_value> yaml_fields::take(std::string_view key) {
  known_.emplace(key);
  const auto found = std::ranges::find(entries_, key, &yaml_value::key);
  if (found == entries_.end()) return std::nullopt;
  return *found;
}

void yaml_fields::finish() const {
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const yaml_value& each : entries_) {
    if (!known_.contains(each.key())) each.fail_unknown_key(known);
  }
}

}  // namespace dovetail::sim
