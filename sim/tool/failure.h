// What a failing run leaves behind.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/picture/frame.h"
#include "sim/picture/json.h"
#include "sim/tool/exit_code.h"
#include "sim/trace/trace.h"

namespace dovetail::sim {

struct failure {
  std::string from;   // the command that made it
  std::string trace;  // files; empty when they could not be written
  std::string smallest;
  std::string picture;  // of the smallest
  std::string rule;
  std::uint64_t at = 0;  // event, of the smallest
  std::string text;
  std::size_t deviations = 0;  // of the smallest
  std::uint64_t replays = 0;   // that it took to find it
};

// Writes the trace, what is left of it when it is shrunk and a picture of that to
// `directory`/`name`.* What cannot be written is told on standard error.
failure leave(const trace& of, const std::string& directory, const std::string& name);

// Writes the picture alone, to `directory`/`name`.html, whose path it returns; none when that
// cannot be written, which is told on standard error.
std::optional<std::string> leave_picture(const film& of,
                                         const std::string& directory,
                                         const std::string& name);

// Says on standard error why there is nothing to do with a trace that did not break its rule when
// it was played: it never broke one, and then `nothing` follows from that, or does not any more.
exit_code refuse_unbroken(const std::string& path, const trace& of, std::string_view nothing);

// One line that reproduces it, and where to look at it.
std::string describe(const failure& of);
void write(json_writer& to, const failure& of);

}  // namespace dovetail::sim
