#include "sim/load/mix.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace dovetail::sim::load {
namespace {

constexpr std::uint32_t weight_max = 1'000'000;

std::optional<mix_entry> parse_entry(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto weight = parse_unsigned(text.substr(equals + 1), weight_max);
  if (!weight || *weight == 0) return std::nullopt;
  mix_entry entry{.weight = static_cast<std::uint32_t>(*weight)};
  std::string_view name = text.substr(0, equals);
  if (name.starts_with("mget")) {
    const auto keys = parse_unsigned(name.substr(4), mix::mget_keys_max);
    if (!keys || *keys == 0) return std::nullopt;
    entry.keys = static_cast<std::uint32_t>(*keys);
    name = "mget";
  }
  for (const load_op each : load_ops) {
    entry.what = each;
    if (name == name_of(each)) return entry;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(load_op what) {
  switch (what) {
    case load_op::get:
      return "get";
    case load_op::mget:
      return "mget";
    case load_op::set:
      return "set";
    case load_op::del:
      return "del";
    case load_op::incr:
      return "incr";
  }
  return {};
}

std::optional<mix> mix::parse(std::string_view text) {
  mix parsed;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto entry = parse_entry(text.substr(0, comma));
    if (!entry) return std::nullopt;
    parsed.entries_.push_back(*entry);
    parsed.total_ += entry->weight;
    if (parsed.total_ > weight_max) return std::nullopt;
    if (comma == text.size()) return parsed;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace dovetail::sim::load
