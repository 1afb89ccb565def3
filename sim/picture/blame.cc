#include "sim/picture/blame.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "sim/trace/blame.h"
#include "sim/trace/choice.h"

namespace dovetail::sim {
namespace {

double share(const blamed& of, std::size_t at) {
  return static_cast<double>(of.moments[at].failed) / of.runs;
}

std::string what_happened(const blamed_moment& at) {
  return at.event == 0 ? "before anything has happened" : to_text(at.made);
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char each : text) {
    if (each == '<' || each == '&') {
      safe += each == '<' ? "&lt;" : "&amp;";
    } else {
      safe += each;
    }
  }
  return safe;
}

constexpr std::string_view style = R"(
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .quiet { fill: #6a737d } .end { text-anchor: end }
  .share { fill: none; stroke: #1f6feb; stroke-width: 2 } .moment { fill: #1f6feb }
  .decisive { fill: #cf222e } .rule { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .share { stroke: #4493f8 } .moment { fill: #4493f8 }
    .decisive { fill: #f85149 } .rule { stroke: #3d444d }
  }
)";

constexpr double left = 56;
constexpr double top = 40;
constexpr double width = 760;
constexpr double height = 240;

}  // namespace

std::string list_blame(const blamed& of) {
  constexpr double cells = 30;
  std::string text = fmt::format(" event  of {} continuations that failed\n", of.runs);
  for (std::size_t at = 0; at < of.moments.size(); ++at) {
    const double failed = share(of, at);
    fmt::format_to(std::back_inserter(text), "{:6} {:4.0f} % {:<30} {} {}\n", of.moments[at].event,
                   failed * 100,
                   std::string(static_cast<std::size_t>(std::lround(failed * cells)), '#'),
                   at == of.decisive && at > 0 ? '>' : ' ', what_happened(of.moments[at]));
  }
  return text + sum_up(of) + "\n";
}

std::string sum_up(const blamed& of) {
  if (of.decisive == 0) return "No choice makes it more likely: it happens in each run.";
  const blamed_moment& at = of.moments[of.decisive];
  std::string text =
      fmt::format("Event {} decides most, {}: from {:.0f} to {:.0f} %.", at.event, to_text(at.made),
                  share(of, of.decisive - 1) * 100, share(of, of.decisive) * 100);
  if (of.doomed != of.decisive) {
    fmt::format_to(std::back_inserter(text), " From event {} on all fail.",
                   of.moments[of.doomed].event);
  }
  return text;
}

std::string draw_blame(const blamed& of) {
  std::string svg = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}">)"
      "\n<style>{2}</style>\n",
      left + width + 24, top + height + 64, style);
  const auto to = std::back_inserter(svg);
  fmt::format_to(to, R"(<text x="{}" y="20">{}</text>)", left, escaped(sum_up(of)));
  for (int part = 0; part <= 4; ++part) {
    const double y = top + height * (1 - part / 4.0);
    fmt::format_to(to,
                   "\n"
                   R"(<line x1="{}" y1="{}" x2="{}" y2="{}" class="rule"/>)",
                   left, y, left + width, y);
    fmt::format_to(to, R"(<text x="{}" y="{}" class="quiet end">{} %</text>)", left - 8, y + 4,
                   part * 25);
  }
  const auto last = static_cast<double>(of.moments.back().event);
  const auto x_of = [&](std::size_t at) {
    return left + (last > 0 ? width * static_cast<double>(of.moments[at].event) / last : 0);
  };
  const auto y_of = [&](std::size_t at) { return top + height * (1 - share(of, at)); };
  std::string line;
  std::string dots;
  for (std::size_t at = 0; at < of.moments.size(); ++at) {
    fmt::format_to(std::back_inserter(line), "{:.1f},{:.1f} ", x_of(at), y_of(at));
    const bool decides = at == of.decisive && at > 0;
    fmt::format_to(std::back_inserter(dots),
                   R"(<circle cx="{:.1f}" cy="{:.1f}" r="{}" class="{}"><title>)", x_of(at),
                   y_of(at), decides ? 5 : 3, decides ? "decisive" : "moment");
    fmt::format_to(std::back_inserter(dots), "event {}: {}; {} of {} failed</title></circle>\n",
                   of.moments[at].event, escaped(what_happened(of.moments[at])),
                   of.moments[at].failed, of.runs);
  }
  fmt::format_to(to,
                 "\n"
                 R"(<polyline points="{}" class="share"/>)"
                 "\n{}",
                 line, dots);
  const double y = top + height + 24;
  fmt::format_to(to, R"(<text x="{}" y="{}" class="quiet">event 0</text>)", left, y);
  fmt::format_to(to, R"(<text x="{}" y="{}" class="quiet end">event {}</text>)", left + width, y,
                 last);
  fmt::format_to(to,
                 "\n"
                 R"(<text x="{}" y="{}" class="quiet">share of {} random continuations of )"
                 "each moment that break the same rule</text>\n</svg>\n",
                 left, y + 22, of.runs);
  return svg;
}

}  // namespace dovetail::sim
