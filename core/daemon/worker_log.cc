#include "daemon/worker_log.h"

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "daemon/log.h"

namespace dovetail {

void worker_log::client_closed(const std::string& pool,
                               std::string_view peer,
                               std::error_code why) {
  if (!to_.writes(log_level::info)) return;
  to_.write(log_level::info, fmt::format("pool \"{}\": client {} closed: {}", pool, peer,
                                         why ? why.message() : "end of stream"));
}

void worker_log::server_closed(const std::string& pool,
                               const std::string& server,
                               std::string_view why) {
  server_closed_at(clock::now(), pool, server, why);
}

void worker_log::server_closed_at(clock::time_point now,
                                  const std::string& pool,
                                  const std::string& server,
                                  std::string_view why) {
  if (!to_.writes(log_level::warning)) return;
  history& seen = servers_[{pool, server}];
  if (seen.last != clock::time_point::min() && now - seen.last < std::chrono::seconds(1)) {
    ++seen.left_out;
    return;
  }
  std::string line = fmt::format("pool \"{}\": server \"{}\" closed: {}", pool, server, why);
  if (seen.left_out > 0) line += fmt::format(" ({} more since the last line)", seen.left_out);
  to_.write(log_level::warning, line);
  seen = {.last = now, .left_out = 0};
}

}  // namespace dovetail
