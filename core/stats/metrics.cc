#include "stats/metrics.h"

#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace dovetail {
namespace {

template <class Metric>
void describe(std::string& text, std::string_view title, std::span<const Metric> metrics) {
  fmt::format_to(std::back_inserter(text), "{} stats:\n", title);
  for (const Metric& each : metrics) {
    if (each.name.empty()) continue;
    fmt::format_to(std::back_inserter(text), "  {:<20}\"{}\"\n", each.name, each.description);
  }
}

}  // namespace

std::string describe_metrics() {
  std::string text;
  describe<pool_metric>(text, "pool", pool_metrics);
  text += '\n';
  describe<server_metric>(text, "server", server_metrics);
  return text;
}

}  // namespace dovetail
