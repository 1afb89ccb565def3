#include "sim/trace/choosers.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/net/choice.h"
#include "sim/trace/choice.h"

namespace dovetail::sim {

std::size_t recorder::pick(std::span<const happening> possible) {
  names().look();
  const std::size_t at = by_->pick(possible);
  note({.picks = true, .event = names().name(possible[at]), .dull = at == 0});
  return at;
}

std::uint32_t recorder::choose(std::uint32_t n, site about) {
  const std::uint32_t number = by_->choose(n, about);
  note({.picks = false, .event = {}, .about = about, .number = number, .dull = number == 0});
  return number;
}

void recorder::note(choice made) {
  choices_.push_back(made);
  if (told_) told_(made);
}

std::size_t replayer::pick(std::span<const happening> possible) {
  names().look();
  offered_.clear();
  for (const happening& each : possible)
    offered_.push_back(names().name(each));
  for (std::size_t at = next_; at < choices_.size(); ++at) {
    const choice& wanted = choices_[at];
    if (!wanted.picks) continue;
    if (wanted.dull && dull_ == dull::as_first) {
      next_ = at + 1;
      return 0;
    }
    const auto which = std::ranges::find(offered_, wanted.event);
    if (which == offered_.end()) continue;
    next_ = at + 1;
    return static_cast<std::size_t>(which - offered_.begin());
  }
  return 0;
}

std::uint32_t replayer::choose(std::uint32_t n, site about) {
  for (std::size_t at = next_; at < choices_.size() && !choices_[at].picks; ++at) {
    if (choices_[at].about != about || choices_[at].number >= n) continue;
    next_ = at + 1;
    return choices_[at].number;
  }
  return 0;
}

}  // namespace dovetail::sim
