// What a crash leaves behind: the line that repeats the run, and an exit code of its own.
//
//     dovetail-sim sweep --seed 4711 --seeds 1  # crashed: a promise was broken

#pragma once

#include <cstddef>
#include <string_view>

namespace dovetail::sim {

inline constexpr std::size_t crash_line_max = 1000;

// From now on a broken promise, or an access to memory that is not there, on any thread writes that
// thread's line to standard error and ends the process with exit_crash. `command` is the line of
// threads that have none. With a sanitizer the latter is the sanitizer's.
void catch_crashes(std::string_view command);

// What repeats that which this thread does from now on. Cut off beyond crash_line_max bytes.
void set_crash_line(std::string_view line);

// A crash also prints a line of JSON to standard output: {"crashed":"…","line":"…"}.
void print_crashes_as_json();

}  // namespace dovetail::sim
