// What one worker's proxy tells the log.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>

#include "base/time.h"
#include "daemon/log.h"
#include "proxy/proxy.h"

namespace dovetail {

// Used on the worker's thread alone. A server that refuses every connection would fill the log with
// one line for each request; it gets one line of a kind a second, which says how many were left
// out.
class worker_log final : public log_sink {
 public:
  using clock = std::chrono::steady_clock;

  // `name` is of the worker among several, and stands at the end of each line; empty: in none.
  explicit worker_log(process_log& to, std::string name = {});

  void client_closed(const std::string& pool, std::string_view peer, std::error_code why) override;
  void server_closed(const std::string& pool,
                     const std::string& server,
                     std::string_view why) override;

  // Lets the process write down what was recorded, once a minute at most.
  void response_doubted(const std::string& pool, const std::string& server) override;

  void server_ejected(const std::string& pool,
                      const std::string& server,
                      std::string_view why,
                      duration retry_after) override;
  void server_returned(const std::string& pool,
                       const std::string& server,
                       duration out_for) override;
  void server_moved(const std::string& pool,
                    const std::string& server,
                    std::string_view from,
                    std::string_view to) override;

  // The worker's run is recorded: there is something to write down.
  void is_recorded() { recorded_ = true; }

  enum class kind { closed, ejected, returned, moved };

  // As server_closed, _ejected, _returned and _moved, at a time of the caller's; `what` is the end
  // of the line.
  void tell_at(clock::time_point now,
               kind of,
               const std::string& pool,
               const std::string& server,
               std::string_view what);

 private:
  struct history {
    clock::time_point last = clock::time_point::min();
    std::uint64_t left_out = 0;
  };

  process_log& to_;
  std::string signature_;
  bool recorded_ = false;
  std::optional<clock::time_point> doubted_;
  std::map<std::tuple<kind, std::string, std::string>, history> servers_;  // with pool and name
};

}  // namespace dovetail
