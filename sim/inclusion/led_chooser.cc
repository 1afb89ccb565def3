#include "sim/inclusion/led_chooser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/check.h"
#include "sim/net/choice.h"

namespace dovetail::sim::inclusion {
namespace {

// The network's question how a stream is cut anywhere, and its answers that lead to any size and to
// none (cutting.cc).
constexpr std::uint32_t ways_to_cut = 6;
constexpr std::uint32_t any_number = 4;
constexpr std::uint32_t none = 5;

// Beyond so many outcomes it is a number of bytes.
constexpr std::uint32_t outcomes_max = 3;

}  // namespace

// Happenings are found by the journal.
std::size_t led_chooser::pick(std::span<const happening>) {
  return 0;
}

std::uint32_t led_chooser::choose(std::uint32_t n, site about) {
  if (about == site::read_size || about == site::write_size) return choose_size(n);
  if (n > outcomes_max) return choose_kept(n);
  return static_cast<std::uint32_t>(try_each(n));
}

std::uint32_t led_chooser::choose_size(std::uint32_t n) {
  if (!any_size_asked_ && n == ways_to_cut) {
    any_size_asked_ = true;
    return size_ ? any_number : none;
  }
  // An impossible size is found out when the result is compared.
  const std::size_t size = std::max<std::size_t>(size_.value_or(1), 1);
  return static_cast<std::uint32_t>(std::min<std::size_t>(size - 1, n - 1));
}

// From 1 byte on; who reads much is the likely one.
std::uint32_t led_chooser::choose_kept(std::uint32_t n) {
  std::vector<std::uint32_t> possible;
  for (const std::size_t each : *still_read_) {
    if (each >= 1 && each <= n) possible.push_back(static_cast<std::uint32_t>(each - 1));
  }
  std::ranges::sort(possible, std::greater());
  const auto rest = std::ranges::unique(possible);
  possible.erase(rest.begin(), rest.end());
  return possible.empty() ? 0 : possible[try_each(possible.size())];
}

std::size_t led_chooser::try_each(std::size_t count) {
  if (!running_) return 0;
  if (at_ == trials_.size()) trials_.push_back({.count = count, .taken = 0});
  DOVETAIL_CHECK(trials_[at_].count == count);  // the same choices lead to the same question
  return trials_[at_++].taken;
}

bool led_chooser::next() {
  trials_.resize(at_);
  while (!trials_.empty() && trials_.back().taken + 1 >= trials_.back().count)
    trials_.pop_back();
  if (trials_.empty()) return false;
  ++trials_.back().taken;
  return true;
}

}  // namespace dovetail::sim::inclusion
