// The program `dovetail`.

#pragma once

namespace dovetail {

// From the command line to the exit status: 0 when all was well, 1 when not.
int run_daemon(int argc, const char* const* argv);

}  // namespace dovetail
