#include "daemon/signals.h"

#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>
#include <signal.h>

namespace dovetail {
namespace {

sigset_t awaited() {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : {SIGHUP, SIGINT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2}) {
    sigaddset(&set, each);
  }
  return set;
}

taken_signal taken(const siginfo_t& info) {
  const bool is_sent = info.si_code == SI_USER || info.si_code == SI_QUEUE;
  return {.number = info.si_signo, .sender = is_sent ? info.si_pid : 0};
}

}  // namespace

void take_signals() {
  const sigset_t set = awaited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

taken_signal next_signal() {
  const sigset_t set = awaited();
  siginfo_t info = {};
  while (sigwaitinfo(&set, &info) < 0) {
  }
  return taken(info);
}

std::optional<taken_signal> next_signal_within(std::chrono::milliseconds time) {
  const sigset_t set = awaited();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const std::chrono::nanoseconds rest = time - seconds;
  const timespec most = {.tv_sec = seconds.count(), .tv_nsec = rest.count()};
  siginfo_t info = {};
  if (sigtimedwait(&set, &info, &most) < 0) return std::nullopt;
  return taken(info);
}

}  // namespace dovetail
