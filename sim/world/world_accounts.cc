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
  const pool_counters& counts = proxy_->counters(0);
  std::int64_t open = 0;
  proxy_->for_each_client([&](const client_side& each) {
    open += static_cast<std::int64_t>(each.talk.window().size());
  });
  const std::int64_t known =
      counts.requests_replied.get() + counts.requests_silent.get() + counts.requests_dropped.get();
  if (counts.requests_taken.get() != known + open) {
    judge_.fail(oracle::accounting, std::to_string(counts.requests_taken.get()) +
                                        " requests were taken of clients, but what became of " +
                                        std::to_string(known + open) + " is counted");
  }
  for (std::uint32_t server = 0; server < scene_.servers; ++server)
    judge_accounts_of(server);
}

void world::judge_accounts_of(std::uint32_t server) {
  const server_counters& counts = proxy_->counters(0).servers[server];
  std::int64_t owed = 0;
  std::int64_t written = 0;
  proxy_->for_each_server([&](const server_side& each) {
    if (each.server != server) return;
    const awaiting& its = each.talk.owed();
    owed += static_cast<std::int64_t>(its.size());
    written += static_cast<std::int64_t>(its.written());
    if (!fits(its, each.talk.unwritten().size())) {
      judge_.fail(oracle::observability,
                  "requests count as written that are not, or the other way");
    }
  });
  if (counts.out_queue.get() != written || counts.in_queue.get() != owed - written) {
    judge_.fail(oracle::observability, "the gauges of a server do not say what it owes");
  }
  const std::int64_t responses = counts.delivered.get() + counts.swallowed.get();
  if (counts.responses.get() != responses) {
    judge_.fail(oracle::accounting, std::to_string(counts.responses.get()) +
                                        " responses came, but what became of " +
                                        std::to_string(responses) + " is counted");
  }
  const std::int64_t known = responses + counts.lost.get() + owed;
  if (counts.requests.get() != known) {
    judge_.fail(oracle::accounting, std::to_string(counts.requests.get()) +
                                        " requests went to a server, but what became of " +
                                        std::to_string(known) + " is counted");
  }
}

}  // namespace dovetail::sim
