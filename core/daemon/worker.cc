#include "daemon/worker.h"

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>

#include "asio/loop.h"
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

worker::worker(const config& with, const proxy_options& how, process_log& log)
    : config_(with), log_(log), proxy_(with, with_wall_clock(how, loop_), loop_, log_) {}

worker::~worker() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

std::expected<void, std::string> worker::start() {
  return proxy_.start();
}

void worker::run() {
  thread_ = std::thread([this] { loop_.run(proxy_); });
}

void worker::drain() {
  loop_.post([this] { proxy_.drain(); });
}

bool worker::drained() {
  loop_.post([this] { drained_ = proxy_.drained(); });
  return drained_;
}

worker_view worker::view() const {
  worker_view view{.connections = &proxy_.connection_counters(), .pools = {}};
  for (std::size_t at = 0; at < config_.pools.size(); ++at) {
    view.pools.push_back(proxy_.view(at));
  }
  return view;
}

}  // namespace dovetail
