// The statistics as Prometheus reads them: its text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/, "Text-based format").
//
//     # HELP dovetail_client_connections Number of active client connections
//     # TYPE dovetail_client_connections gauge
//     dovetail_client_connections{pool="alpha"} 3

#pragma once

#include <string>
#include <string_view>

#include "stats/snapshot.h"

namespace dovetail {

// Every metric of metrics.h for each pool or server, and what is known of the process.
std::string to_prometheus(const snapshot& of, const stats_heading& heading);

// What the text is called over HTTP.
inline constexpr std::string_view prometheus_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

}  // namespace dovetail
