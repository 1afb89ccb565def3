#include "sim/trace/blame.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/search/random_chooser.h"
#include "sim/trace/choice.h"
#include "sim/trace/choosers.h"
#include "sim/trace/trace.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

// Chooses what was chosen as long as that lasts, and then by chance.
class continuation final : public chooser {
 public:
  // `before` outlives it, and is all that was chosen: nothing of it is passed over.
  continuation(std::span<const choice> before, std::uint64_t seed)
      : left_(before.size()), before_(before, replayer::dull::as_named), then_(seed) {}

  void see(const network& wires) { before_.see(wires); }

  std::size_t pick(std::span<const happening> possible) override {
    return is_over() ? then_.pick(possible) : before_.pick(possible);
  }
  std::uint32_t choose(std::uint32_t n, site about) override {
    return is_over() ? then_.choose(n, about) : before_.choose(n, about);
  }

 private:
  bool is_over() {
    if (left_ == 0) return true;
    --left_;
    return false;
  }

  std::size_t left_;
  replayer before_;
  random_chooser then_;
};

std::uint32_t failures(const trace& of,
                       std::span<const choice> before,
                       std::uint32_t runs,
                       std::uint64_t seed) {
  std::uint32_t failed = 0;
  for (std::uint32_t each = 0; each < runs; ++each) {
    continuation by(before, seed + each);
    world in(of.of, by);
    by.see(in.wires());
    if (run(in).broken == of.found) ++failed;
  }
  return failed;
}

}  // namespace

blamed blame(const trace& of,
             std::uint32_t runs,
             std::uint64_t seed,
             const blame_progress& progress) {
  blamed result;
  result.runs = runs;
  // With the dull choices that a trace leaves out, and at which event each was made.
  replayer by(of.choices, replayer::dull::as_named);
  recorder writes(by);
  world in(of.of, writes);
  by.see(in.wires());
  writes.see(in.wires());
  std::vector<std::uint64_t> events;
  writes.tell([&](const choice&) { events.push_back(in.events() + 1); });
  result.reproduced = of.found != oracle::none && run(in).broken == of.found;
  if (!result.reproduced) return result;

  // A number belongs to what happened before it, so moments lie before what is picked.
  const std::vector<choice> all = writes.take();
  std::vector<std::size_t> ends = {0};
  result.moments.emplace_back();
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (all[at].picks) {
      result.moments.push_back({.made = all[at], .event = events[at], .failed = 0});
      ends.push_back(at);
    }
    ends.back() = at + 1;
  }
  for (std::size_t at = 0; at < ends.size(); ++at) {
    result.moments[at].failed = failures(of, std::span(all).first(ends[at]), runs, seed);
    if (progress) progress(at + 1, ends.size());
  }
  std::int64_t most = 0;
  for (std::size_t at = 1; at < ends.size(); ++at) {
    const std::int64_t risen =
        std::int64_t{result.moments[at].failed} - result.moments[at - 1].failed;
    if (risen > most) result.decisive = at;
    if (risen > most) most = risen;
    if (result.moments[at - 1].failed < runs) result.doomed = at;
  }
  return result;
}

}  // namespace dovetail::sim
