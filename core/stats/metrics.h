// The statistics by name: one table for twemproxy's document, for Prometheus and for the text of
// --describe-stats. What the document has, it has with twemproxy's names, order and descriptions
// (nc_stats.h), which monitoring knows.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "stats/counters.h"

namespace dovetail {

// How the values of several workers make one.
enum class adding { sum, latest };

// What Prometheus calls it also says what it is: a counter ends with _total, all else is a gauge;
// what ends with _seconds is counted in microseconds.
struct pool_metric {
  std::string_view name;  // in the document; empty: it has no place there
  std::string_view description;
  counter pool_counters::* value;
  std::string_view exposed;  // to Prometheus
};

struct server_metric {
  std::string_view name;  // likewise
  std::string_view description;
  counter server_counters::* value;
  std::string_view exposed;
  adding how = adding::sum;
  std::string_view help = {};  // to Prometheus, where the description would be wrong there
};

inline constexpr std::array pool_metrics = {
    pool_metric{"client_eof", "# eof on client connections", &pool_counters::client_eof,
                "dovetail_client_eof_total"},
    pool_metric{"client_err", "# errors on client connections", &pool_counters::client_err,
                "dovetail_client_errors_total"},
    pool_metric{"client_connections", "# active client connections",
                &pool_counters::client_connections, "dovetail_client_connections"},
    pool_metric{"server_ejects", "# times backend server was ejected",
                &pool_counters::server_ejects, "dovetail_server_ejects_total"},
    pool_metric{"forward_error", "# times we encountered a forwarding error",
                &pool_counters::forward_error, "dovetail_forward_errors_total"},
    pool_metric{"fragments", "# fragments created from a multi-vector request",
                &pool_counters::fragments, "dovetail_fragments_total"},
    pool_metric{"", "# responses that could not be right; each ended its connection",
                &pool_counters::doubtful_responses, "dovetail_pairing_violations_total"},
    pool_metric{"", "# clients turned away at a limit of connections",
                &pool_counters::clients_refused, "dovetail_clients_refused_total"},
    pool_metric{"", "# times a client was not read from until its replies had gone out",
                &pool_counters::client_pauses, "dovetail_client_pauses_total"},
    pool_metric{"", "# requests taken from clients", &pool_counters::requests_taken,
                "dovetail_requests_taken_total"},
    pool_metric{"", "# requests whose reply, or error, went in line to be written",
                &pool_counters::requests_replied, "dovetail_requests_replied_total"},
    pool_metric{"", "# requests that have no reply: noreply, blank lines",
                &pool_counters::requests_silent, "dovetail_requests_silent_total"},
    pool_metric{"", "# requests whose client left before their reply",
                &pool_counters::requests_dropped, "dovetail_requests_dropped_total"},
    pool_metric{"", "# requests that the proxy answered with an error instead of forwarding them",
                &pool_counters::requests_refused, "dovetail_requests_refused_total"},
};

inline constexpr std::array server_metrics = {
    server_metric{"server_eof", "# eof on server connections", &server_counters::server_eof,
                  "dovetail_server_eof_total"},
    server_metric{"server_err", "# errors on server connections", &server_counters::server_err,
                  "dovetail_server_errors_total"},
    server_metric{"server_timedout", "# timeouts on server connections",
                  &server_counters::server_timedout, "dovetail_server_timeouts_total"},
    server_metric{"server_connections", "# active server connections",
                  &server_counters::server_connections, "dovetail_server_connections"},
    server_metric{"server_ejected_at", "timestamp when server was ejected in usec since epoch",
                  &server_counters::server_ejected_at, "dovetail_server_ejected_timestamp_seconds",
                  adding::latest, "when the server was ejected last, since 1970; 0: never"},
    server_metric{"requests", "# requests", &server_counters::requests,
                  "dovetail_server_requests_total"},
    server_metric{"request_bytes", "total request bytes", &server_counters::request_bytes,
                  "dovetail_server_request_bytes_total"},
    server_metric{"responses", "# responses", &server_counters::responses,
                  "dovetail_server_responses_total"},
    server_metric{"response_bytes", "total response bytes", &server_counters::response_bytes,
                  "dovetail_server_response_bytes_total"},
    server_metric{"in_queue", "# requests in incoming queue", &server_counters::in_queue,
                  "dovetail_server_in_queue"},
    server_metric{"in_queue_bytes", "current request bytes in incoming queue",
                  &server_counters::in_queue_bytes, "dovetail_server_in_queue_bytes"},
    server_metric{"out_queue", "# requests in outgoing queue", &server_counters::out_queue,
                  "dovetail_server_out_queue"},
    server_metric{"out_queue_bytes", "current request bytes in outgoing queue",
                  &server_counters::out_queue_bytes, "dovetail_server_out_queue_bytes"},
    server_metric{"", "# workers for which the server is out", &server_counters::ejected,
                  "dovetail_server_ejected"},
    server_metric{"", "# responses that somebody was waiting for", &server_counters::delivered,
                  "dovetail_server_delivered_total"},
    server_metric{"", "# responses that nobody was waiting for: late, noreply, their client gone",
                  &server_counters::swallowed, "dovetail_server_swallowed_total"},
    server_metric{"", "# responses that came after their request had timed out",
                  &server_counters::absorbed, "dovetail_server_absorbed_total"},
    server_metric{"", "# requests whose connection ended before their response",
                  &server_counters::lost, "dovetail_server_lost_total"},
};

// Every statistic of the document with its description, a line each, for people.
std::string describe_metrics();

}  // namespace dovetail
