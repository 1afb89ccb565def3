#include "sim/tool/load_report.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/endpoint.h"
#include "base/json.h"
#include "sim/load/load_run.h"
#include "sim/load/mix.h"
#include "sim/load/tally.h"
#include "sim/model/client_program.h"

namespace dovetail::sim {
namespace {

using load::load_op;
using load::load_ops;
using load::load_outcome;
using load::tally;

constexpr std::array quantiles{std::pair{"p50", 500'000U}, std::pair{"p90", 900'000U},
                               std::pair{"p99", 990'000U}, std::pair{"p999", 999'000U}};

std::string quoted(std::string_view text) {
  std::string made;
  append_json_string(made, text);
  return made;
}

// Most frequent first.
std::vector<std::pair<std::string, std::uint64_t>> sorted(const tally& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> all(counts.texts.begin(), counts.texts.end());
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return all;
}

std::string with_each_op(const tally& counts, std::string_view format, std::string_view between) {
  std::string text;
  for (const load_op each : load_ops) {
    const std::uint64_t count = counts.of_op[static_cast<std::size_t>(std::to_underlying(each))];
    if (count == 0) continue;
    if (!text.empty()) text += between;
    text += fmt::format(fmt::runtime(format), name_of(each), count);
  }
  return text;
}

}  // namespace

double load_report::seconds() const {
  return static_cast<double>(run.elapsed().count()) / 1e6;
}

double load_report::per_second() const {
  return seconds() > 0 ? static_cast<double>(run.counts().requests) / seconds() : 0;
}

std::string load_report::text() const {
  const tally& counts = run.counts();
  std::string all = fmt::format("requests  {} in {:.2f} s: {:.0f}/s ({})\n", counts.requests,
                                seconds(), per_second(), with_each_op(counts, "{} {}", ", "));
  all += fmt::format("keys      {} found, {} not", counts.hits, counts.misses);
  if (counts.disordered > 0) all += fmt::format(", {} out of order", counts.disordered);
  all += "\nlatency   ";
  for (const auto& [name, share] : quantiles)
    all += fmt::format("{} {} µs, ", name, counts.took.quantile(share));
  all += fmt::format("at most {} µs\n", counts.took.largest());
  all += fmt::format(
      "cpu       {:.2f} s: {:.2f} of a core, {:.2f} µs a request\n", cpu_seconds,
      seconds() > 0 ? cpu_seconds / seconds() : 0,
      counts.requests > 0 ? cpu_seconds * 1e6 / static_cast<double>(counts.requests) : 0);
  all += fmt::format("errors    {}\n", counts.errors());
  if (counts.unanswered > 0) {
    all += fmt::format("          {} requests without a reply\n", counts.unanswered);
  }
  for (const auto& [why, times] : sorted(counts))
    all += fmt::format("          {} × {}\n", times, why);
  return all;
}

std::string load_report::json() const {
  const tally& counts = run.counts();
  std::string latency;
  for (const auto& [name, share] : quantiles)
    latency += fmt::format("\"{}\":{},", name, counts.took.quantile(share));
  std::string texts;
  for (const auto& [why, times] : sorted(counts)) {
    if (!texts.empty()) texts += ',';
    texts += fmt::format("{}:{}", quoted(why), times);
  }
  const bool is_wrong = run.outcome() == load_outcome::wrong_reply;
  return fmt::format(
      "{{\"proto\":\"{}\",\"to\":{},\"conns\":{},\"pipeline\":{},\"seconds\":{:.3f},"
      "\"requests\":{},\"per_second\":{:.0f},\"ops\":{{{}}},\"hits\":{},\"misses\":{},"
      "\"disordered\":{},\"latency_us\":{{{}\"max\":{}}},\"cpu_seconds\":{:.3f},"
      "\"errors\":{},\"refused\":{},\"lost\":{},\"unanswered\":{},\"ended\":{},"
      "\"error_texts\":{{{}}},\"wrong\":{}}}\n",
      work.speaks == wire_protocol::redis ? "redis" : "memcache", quoted(to_string(work.to)),
      work.clients, work.pipeline, seconds(), counts.requests, per_second(),
      with_each_op(counts, "\"{}\":{}", ","), counts.hits, counts.misses, counts.disordered,
      latency, counts.took.largest(), cpu_seconds, counts.errors(), counts.refused, counts.lost,
      counts.unanswered, counts.ended, texts, is_wrong ? quoted(run.reason()) : "null");
}

}  // namespace dovetail::sim
