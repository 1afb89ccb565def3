#include "sim/tool/failure.h"

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "sim/picture/frame.h"
#include "sim/picture/html.h"
#include "sim/picture/json.h"
#include "sim/picture/record.h"
#include "sim/tool/files.h"
#include "sim/trace/shrink.h"
#include "sim/trace/trace.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

failure leave(const trace& of, const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  failure left{.trace = path + ".trace",
               .smallest = path + ".min.trace",
               .picture = path + ".html",
               .rule = std::string(name_of(of.found)),
               .at = 0,
               .text = {},
               .deviations = 0,
               .replays = 0};
  write_file(left.trace, print(of));
  const shrunk least = shrink(of);
  write_file(left.smallest, print(least.smallest));
  const film made = record(least.smallest);
  write_file(left.picture, draw_html(made));
  left.at = made.found.at;
  left.text = made.found.text;
  left.deviations = deviations(least.smallest.choices);
  left.replays = least.runs;
  return left;
}

std::string describe(const failure& of) {
  return fmt::format("dovetail-sim replay {}  # {} at event {}: {}\n  {} choices; look at {}\n",
                     of.smallest, of.rule, of.at, of.text, of.deviations, of.picture);
}

void write(json_writer& to, const failure& of) {
  to.open('{').field("rule", of.rule).field("at", of.at).field("text", of.text);
  to.field("trace", of.trace).field("smallest", of.smallest).field("picture", of.picture);
  to.field("deviations", std::uint64_t{of.deviations}).field("replays", of.replays).close('}');
}

}  // namespace dovetail::sim
