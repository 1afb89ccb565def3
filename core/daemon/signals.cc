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

}  // namespace

void take_signals() {
  const sigset_t set = awaited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int next_signal() {
  const sigset_t set = awaited();
  int number = 0;
  while (sigwait(&set, &number) != 0) {
  }
  return number;
}

std::optional<int> next_signal_within(std::chrono::milliseconds time) {
  const sigset_t set = awaited();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const std::chrono::nanoseconds rest = time - seconds;
  const timespec most = {.tv_sec = seconds.count(), .tv_nsec = rest.count()};
  const int number = sigtimedwait(&set, nullptr, &most);
  if (number < 0) return std::nullopt;
  return number;
}

}  // namespace dovetail
