// Signals as something that is waited for. All other code of the process is never interrupted by
// one, so there are no signal handlers and nothing that only a handler may do.

#pragma once

#include <chrono>
#include <optional>

namespace dovetail {

// Blocks what next_signal waits for, in this thread and those it starts from here on: SIGHUP,
// SIGINT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2. Ignores SIGPIPE.
void take_signals();

struct taken_signal {
  int number = 0;
  int sender = 0;  // process id; 0: no process that we see
};

// The next one of them; not set when none came in time.
taken_signal next_signal();
std::optional<taken_signal> next_signal_within(std::chrono::milliseconds time);

}  // namespace dovetail
