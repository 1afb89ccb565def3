#include "daemon/worker.h"

#include <chrono>
#include <cstddef>
#include <expected>
#include <future>
#include <string>
#include <utility>

#include "asio/loop.h"
#include "asio/unix_share.h"
#include "config/config.h"
#include "daemon/log.h"
#include "proxy/proxy.h"
#include "stats/snapshot.h"

namespace dovetail {
namespace {

proxy_options with_wall_clock(proxy_options how, const asio_loop& loop) {
  const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
  how.clock_to_unix = std::chrono::floor<duration>(unix_time) - loop.now().time_since_epoch();
  return how;
}

}  // namespace

worker::worker(const config& with, const proxy_options& how, process_log& log, unix_share& share)
    : loop_(&share), log_(log), proxy_(with, with_wall_clock(how, loop_), loop_, log_) {}

worker::~worker() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

std::expected<void, std::string> worker::start() {
  return proxy_.start(loop_.now());
}

void worker::run() {
  thread_ = std::thread([this] { loop_.run(proxy_); });
}

// Runs `work` on the loop's thread, within a turn; returns what it returned.
template <class Work>
auto worker::on_loop(Work work) {
  std::packaged_task<decltype(work())()> task(std::move(work));
  auto done = task.get_future();
  loop_.post([&task] { task(); });
  return done.get();
}

std::expected<void, std::string> worker::prepare(const config& next) {
  return on_loop([&] { return proxy_.prepare(next); });
}

void worker::forget_prepared() {
  on_loop([this] { proxy_.forget_prepared(); });
}

void worker::adopt(const config& next, std::size_t client_connections_max) {
  on_loop([&] { proxy_.adopt(next, client_connections_max, loop_.now()); });
}

void worker::drain() {
  loop_.post([this] { proxy_.drain(loop_.now()); });
}

bool worker::drained() {
  loop_.post([this] { drained_ = proxy_.drained(); });
  return drained_;
}

worker_view worker::view() const {
  worker_view view{.connections = &proxy_.connection_counters(), .pools = {}};
  for (std::size_t at = 0; at < proxy_.pool_count(); ++at) {
    view.pools.push_back(proxy_.view(at));
  }
  return view;
}

}  // namespace dovetail
