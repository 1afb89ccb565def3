#include "sim/tool/failure.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "sim/picture/frame.h"
#include "sim/picture/html.h"
#include "sim/picture/json.h"
#include "sim/picture/record.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/files.h"
#include "sim/tool/numbers.h"
#include "sim/trace/shrink.h"
#include "sim/trace/trace.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

namespace {

// The path, where that was possible.
std::string written(const std::string& directory, const std::string& name, std::string_view text) {
  return write_below(directory, name, text) ? directory + "/" + name : std::string();
}

}  // namespace

failure leave(const trace& of, const std::string& directory, const std::string& name) {
  const shrunk least = shrink(of);
  const film made = record(least.smallest);
  failure left{.from = of.from,
               .trace = written(directory, name + ".trace", print(of)),
               .smallest = {},
               .picture = {},
               .rule = std::string(name_of(of.found)),
               .at = made.found.at,
               .text = made.found.text,
               .deviations = deviations(least.smallest.choices),
               .replays = least.runs};
  if (left.trace.empty()) return left;
  left.smallest = written(directory, name + ".min.trace", print(least.smallest));
  left.picture = written(directory, name + ".html", draw_html(made));
  return left;
}

std::optional<std::string> leave_picture(const film& of,
                                         const std::string& directory,
                                         const std::string& name) {
  std::string path = written(directory, name + ".html", draw_html(of));
  if (path.empty()) return std::nullopt;
  return path;
}

exit_code refuse_unbroken(const std::string& path, const trace& of, std::string_view nothing) {
  fmt::print(stderr, "dovetail-sim: {}: {}\n", path,
             of.found == oracle::none
                 ? fmt::format("breaks no rule: {}", nothing)
                 : fmt::format("does not break {} any more", name_of(of.found)));
  return exit_usage;
}

std::string describe(const failure& of) {
  const std::string line =
      of.smallest.empty() ? of.from : fmt::format("dovetail-sim replay {}", of.smallest);
  return fmt::format("{}  # {} at event {}: {}\n  {}; {}\n", line, of.rule, of.at, of.text,
                     counted(of.deviations, "choice"),
                     of.picture.empty() ? "no picture could be left" : "look at " + of.picture);
}

void write(json_writer& to, const failure& of) {
  to.open('{').field("rule", of.rule).field("at", of.at).field("text", of.text);
  to.field("trace", of.trace).field("smallest", of.smallest).field("picture", of.picture);
  to.field("deviations", std::uint64_t{of.deviations}).field("replays", of.replays).close('}');
}

}  // namespace dovetail::sim
