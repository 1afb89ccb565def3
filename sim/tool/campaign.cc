#include "sim/tool/campaign.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

#include "sim/search/sweep.h"
#include "sim/tool/jobs.h"
#include "sim/tool/progress.h"

namespace dovetail::sim {
namespace {

constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

class seed_line {
 public:
  seed_line(const campaign_limits& limits, const std::function<seed_run(std::uint64_t)>& play)
      : limits_(limits),
        play_(play),
        next_(limits.first),
        end_(limits.count ? limits.first + *limits.count : none) {}

  // Until there are no more seeds, or no more time.
  void work() {
    for (;;) {
      if (stopped_.load(std::memory_order_relaxed)) return;
      const std::uint64_t seed = next_.fetch_add(1);
      if (seed >= std::min(end_, failed_.load())) return;
      const seed_run done = play_(seed);
      seeds_.fetch_add(1, std::memory_order_relaxed);
      events_.fetch_add(done.events, std::memory_order_relaxed);
      if (!done.found.good()) note_failure(seed);
    }
  }

  void watch(progress& shown) {
    const double since = shown.seconds();
    if (limits_.seconds && since >= *limits_.seconds && failed_.load() == none) stopped_ = true;
    std::optional<double> share;
    const auto done = static_cast<double>(seeds_.load());
    if (limits_.count) share = done / static_cast<double>(*limits_.count);
    if (limits_.seconds) share = std::max(share.value_or(0), since / *limits_.seconds);
    shown.show(seeds_.load(), share);
  }

  campaign result(double seconds) const {
    campaign all{.seeds = seeds_, .events = events_, .seconds = seconds, .failed = {}};
    if (failed_ != none) all.failed = failed_;
    return all;
  }

 private:
  void note_failure(std::uint64_t seed) {
    std::uint64_t lowest = failed_.load();
    while (seed < lowest && !failed_.compare_exchange_weak(lowest, seed)) {
    }
  }

  const campaign_limits limits_;
  const std::function<seed_run(std::uint64_t)>& play_;
  std::atomic<std::uint64_t> next_;
  const std::uint64_t end_;
  std::atomic<std::uint64_t> failed_ = none;
  std::atomic<std::uint64_t> seeds_ = 0;
  std::atomic<std::uint64_t> events_ = 0;
  std::atomic<bool> stopped_ = false;
};

}  // namespace

campaign run_campaign(const campaign_limits& limits,
                      const std::function<seed_run(std::uint64_t)>& play) {
  progress shown("seeds");
  seed_line line(limits, play);
  work_together(limits.jobs, [&] { line.work(); }, [&] { line.watch(shown); });
  return line.result(shown.seconds());
}

}  // namespace dovetail::sim
