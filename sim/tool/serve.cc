#include "sim/tool/serve.h"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <signal.h>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <fmt/format.h>

#include "asio/loop.h"
#include "base/endpoint.h"
#include "io/handler.h"
#include "sim/model/conversation.h"
#include "sim/model/memcache_server.h"
#include "sim/model/redis_server.h"
#include "sim/model/server_group.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

// Stops a loop on SIGINT or SIGTERM. Both are blocked from the constructor on, in this thread and
// those it starts later, so that they end nothing but sigwait.
class stop_on_signal {
 public:
  stop_on_signal() {
    sigemptyset(&ends_);
    sigaddset(&ends_, SIGINT);
    sigaddset(&ends_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends_, nullptr);
  }

  // Returns when the loop has been stopped.
  void run(asio_loop& loop, io::handler& to) {
    std::jthread waiting([this, &loop] {
      int which = 0;
      sigwait(&ends_, &which);
      loop.stop();
    });
    loop.run(to);
  }

 private:
  sigset_t ends_{};
};

wall_clock today(const asio_loop& loop) {
  const auto calendar = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return {calendar.count() - wall_clock{}.at(loop.now())};
}

struct opened {
  std::string_view kind;
  endpoint at;
};

void report(const std::vector<opened>& all, bool json) {
  std::vector<int> redis;
  std::vector<int> memcache;
  for (const opened& each : all) {
    (each.kind == "redis" ? redis : memcache).push_back(each.at.port);
    if (!json) fmt::print("{} listens on {}\n", each.kind, to_string(each.at));
  }
  if (json) {
    fmt::print("{{\"redis\":[{}],\"memcache\":[{}]}}\n", fmt::join(redis, ","),
               fmt::join(memcache, ","));
  }
  std::fflush(stdout);
}

}  // namespace

int serve(const serve_options& how) {
  stop_on_signal ending;
  asio_loop loop;
  server_group group(loop);
  const wall_clock clock = today(loop);
  std::vector<opened> all;
  const auto open = [&](std::string_view kind, std::uint16_t port, std::unique_ptr<server> model) {
    const endpoint at{.host = how.host, .port = port, .path = {}};
    const auto where = group.add(std::move(model), at);
    if (where) {
      all.push_back({kind, *where});
    } else {
      fmt::print(stderr, "dovetail-sim: cannot listen on {}: {}\n", to_string(at),
                 where.error().message());
    }
    return where.has_value();
  };
  for (const auto port : how.redis_ports) {
    const redis_server::options options{.clock = clock, .databases = 16, .password = {}};
    if (!open("redis", port, std::make_unique<redis_server>(options))) return 1;
  }
  for (const auto port : how.memcache_ports) {
    if (!open("memcache", port, std::make_unique<memcache_server>(clock))) return 1;
  }
  report(all, how.json);
  ending.run(loop, group);
  return 0;
}

}  // namespace dovetail::sim
