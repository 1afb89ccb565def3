// No request is forgotten: what was counted adds up, at every moment.

#include <cstddef>
#include <cstdint>
#include <string>

#include "proxy/pairing.h"
#include "proxy/proxy.h"
#include "proxy/sides.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"
#include "stats/counters.h"

namespace dovetail::sim {
namespace {

// Whether those requests count as written that lie before the last `unwritten` bytes.
bool fits(const awaiting& owed, std::size_t unwritten) {
  if (owed.empty()) return true;
  const std::uint64_t all = owed[owed.size() - 1].end();
  const std::size_t written = owed.written();
  const auto is_written = [&](std::size_t at) { return owed[at].end() + unwritten <= all; };
  return (written == 0 || is_written(written - 1)) &&
         (written == owed.size() || !is_written(written));
}

}  // namespace

void world::judge_accounts() {
  judge_taken();
  for (account& each : accounts_)
    each = {};
  proxy_->for_each_server([this](const server_side& each) {
    const awaiting& its = each.talk.owed();
    account& of = accounts_[each.server];
    of.owed += static_cast<std::int64_t>(its.size());
    of.written += static_cast<std::int64_t>(its.written());
    if (!fits(its, each.talk.unwritten().size())) {
      judge_.fail(oracle::observability,
                  "requests count as written that are not, or the other way");
    }
  });
  for (std::uint32_t server = 0; server < scene_.servers; ++server)
    judge_asked(proxy_->counters(0, server), accounts_[server]);
}

void world::judge_taken() {
  const pool_counters& counts = proxy_->counters(0);
  std::int64_t open = 0;
  proxy_->for_each_client([&](const client_side& each) {
    open += static_cast<std::int64_t>(each.talk.window().size());
  });
  const std::int64_t known =
      counts.requests_replied.get() + counts.requests_silent.get() + counts.requests_dropped.get();
  if (counts.requests_taken.get() == known + open) return;
  judge_.fail(oracle::accounting, std::to_string(counts.requests_taken.get()) +
                                      " requests were taken of clients, but what became of " +
                                      std::to_string(known + open) + " is counted");
}

void world::judge_asked(const server_counters& counts, const account& of) {
  if (counts.out_queue.get() != of.written || counts.in_queue.get() != of.owed - of.written) {
    judge_.fail(oracle::observability, "the gauges of a server do not say what it owes");
  }
  const std::int64_t responses = counts.delivered.get() + counts.swallowed.get();
  if (counts.responses.get() != responses) {
    judge_.fail(oracle::accounting, std::to_string(counts.responses.get()) +
                                        " responses came, but what became of " +
                                        std::to_string(responses) + " is counted");
  }
  const std::int64_t known = responses + counts.lost.get() + of.owed;
  if (counts.requests.get() != known) {
    judge_.fail(oracle::accounting, std::to_string(counts.requests.get()) +
                                        " requests went to a server, but what became of " +
                                        std::to_string(known) + " is counted");
  }
}

}  // namespace dovetail::sim
