// The statistics by name: one table for the document, one for the text of --describe-stats.
// Names, order and descriptions are twemproxy's (nc_stats.h), which monitoring knows.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "stats/counters.h"

namespace dovetail {

// How the values of several workers make one.
enum class adding { sum, latest };

struct pool_metric {
  std::string_view name;
  std::string_view description;
  counter pool_counters::* value;
};

struct server_metric {
  std::string_view name;
  std::string_view description;
  counter server_counters::* value;
  adding how = adding::sum;
};

inline constexpr std::array pool_metrics = {
    pool_metric{"client_eof", "# eof on client connections", &pool_counters::client_eof},
    pool_metric{"client_err", "# errors on client connections", &pool_counters::client_err},
    pool_metric{"client_connections", "# active client connections",
                &pool_counters::client_connections},
    pool_metric{"server_ejects", "# times backend server was ejected",
                &pool_counters::server_ejects},
    pool_metric{"forward_error", "# times we encountered a forwarding error",
                &pool_counters::forward_error},
    pool_metric{"fragments", "# fragments created from a multi-vector request",
                &pool_counters::fragments},
};

inline constexpr std::array server_metrics = {
    server_metric{"server_eof", "# eof on server connections", &server_counters::server_eof},
    server_metric{"server_err", "# errors on server connections", &server_counters::server_err},
    server_metric{"server_timedout", "# timeouts on server connections",
                  &server_counters::server_timedout},
    server_metric{"server_connections", "# active server connections",
                  &server_counters::server_connections},
    server_metric{"server_ejected_at", "timestamp when server was ejected in usec since epoch",
                  &server_counters::server_ejected_at, adding::latest},
    server_metric{"requests", "# requests", &server_counters::requests},
    server_metric{"request_bytes", "total request bytes", &server_counters::request_bytes},
    server_metric{"responses", "# responses", &server_counters::responses},
    server_metric{"response_bytes", "total response bytes", &server_counters::response_bytes},
    server_metric{"in_queue", "# requests in incoming queue", &server_counters::in_queue},
    server_metric{"in_queue_bytes", "current request bytes in incoming queue",
                  &server_counters::in_queue_bytes},
    server_metric{"out_queue", "# requests in outgoing queue", &server_counters::out_queue},
    server_metric{"out_queue_bytes", "current request bytes in outgoing queue",
                  &server_counters::out_queue_bytes},
};

// Every statistic with its description, a line each, for people.
std::string describe_metrics();

}  // namespace dovetail
