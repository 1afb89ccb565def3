#include "daemon/worker_log.h"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <signal.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/time.h"
#include "daemon/log.h"

namespace dovetail {
namespace {

std::int64_t in_ms(duration time) {
  return std::chrono::round<std::chrono::milliseconds>(time).count();
}

}  // namespace

worker_log::worker_log(process_log& to, std::string name)
    : to_(to), signature_(name.empty() ? std::move(name) : fmt::format(" [{}]", name)) {}

void worker_log::client_closed(const std::string& pool,
                               std::string_view peer,
                               std::error_code why) {
  if (!to_.writes(log_level::info)) return;
  to_.write(log_level::info, fmt::format("pool \"{}\": client {} closed: {}{}", pool, peer,
                                         why ? why.message() : "end of stream", signature_));
}

void worker_log::server_closed(const std::string& pool,
                               const std::string& server,
                               std::string_view why) {
  tell_at(clock::now(), kind::closed, pool, server, fmt::format("closed: {}", why));
}

void worker_log::response_doubted(const std::string& pool, const std::string& server) {
  const clock::time_point now = clock::now();
  if (!recorded_ || (doubted_ && now - *doubted_ < std::chrono::minutes(1))) return;
  doubted_ = now;
  to_.write(log_level::error,
            fmt::format("pool \"{}\": server \"{}\" said what cannot be right: asking for what was "
                        "recorded{}",
                        pool, server, signature_));
  ::kill(::getpid(), SIGUSR2);
}

void worker_log::server_ejected(const std::string& pool,
                                const std::string& server,
                                std::string_view why,
                                duration retry_after) {
  tell_at(clock::now(), kind::ejected, pool, server,
          fmt::format("ejected: {}; to be probed every {} ms", why, in_ms(retry_after)));
}

void worker_log::server_returned(const std::string& pool,
                                 const std::string& server,
                                 duration out_for) {
  tell_at(clock::now(), kind::returned, pool, server,
          fmt::format("is back: answered a probe after {} ms", in_ms(out_for)));
}

void worker_log::server_moved(const std::string& pool,
                              const std::string& server,
                              std::string_view from,
                              std::string_view to) {
  tell_at(clock::now(), kind::moved, pool, server,
          fmt::format("has moved from {} to {}", from, to));
}

void worker_log::tell_at(clock::time_point now,
                         kind of,
                         const std::string& pool,
                         const std::string& server,
                         std::string_view what) {
  if (!to_.writes(log_level::warning)) return;
  history& seen = servers_[{of, pool, server}];
  if (seen.last != clock::time_point::min() && now - seen.last < std::chrono::seconds(1)) {
    ++seen.left_out;
    return;
  }
  std::string line = fmt::format("pool \"{}\": server \"{}\" {}", pool, server, what);
  if (seen.left_out > 0) line += fmt::format(" ({} more since the last line)", seen.left_out);
  to_.write(log_level::warning, line + signature_);
  seen = {.last = now, .left_out = 0};
}

}  // namespace dovetail
