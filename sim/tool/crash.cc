#include "sim/tool/crash.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <signal.h>
#include <string_view>
#include <unistd.h>

#include "base/sanitizer.h"
#include "sim/tool/exit_code.h"

namespace dovetail::sim {
namespace {

struct text_line {
  std::array<char, crash_line_max> bytes;
  std::size_t size;

  void set(std::string_view to) {
    size = 0;  // a signal in between finds none
    const std::size_t kept = std::min(to.size(), bytes.size());
    std::copy_n(to.begin(), kept, bytes.begin());
    size = kept;
  }
};

constinit text_line of_process{};
constinit thread_local text_line of_thread{};
constinit thread_local bool has_stack = false;
constinit std::atomic<bool> prints_json = false;

// A stack that has run over cannot take the handler, too.
constexpr std::size_t stack_bytes = std::size_t{64} << 10;
constinit thread_local std::array<char, stack_bytes> other_stack{};

void take_other_stack() {
  if (is_sanitized || has_stack) return;
  stack_t its{};
  its.ss_sp = other_stack.data();
  its.ss_size = other_stack.size();
  has_stack = sigaltstack(&its, nullptr) == 0;
}

void say(std::string_view text, int to = STDERR_FILENO) {
  while (!text.empty()) {
    const auto written = write(to, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void say_quoted(std::string_view text, int to) {
  for (const char& each : text) {
    if (each == '"' || each == '\\') say("\\", to);
    say(each < ' ' && each >= 0 ? std::string_view(" ") : std::string_view(&each, 1), to);
  }
}

// Only what signal-safety(7) allows.
void on_crash(int which) {
  const text_line& its = of_thread.size > 0 ? of_thread : of_process;
  const std::string_view line(its.bytes.data(), its.size);
  const std::string_view why = which == SIGABRT ? "a promise was broken" : "bad memory access";
  if (prints_json) {
    say("{\"crashed\":\"", STDOUT_FILENO);
    say(why, STDOUT_FILENO);
    say("\",\"line\":\"", STDOUT_FILENO);
    say_quoted(line, STDOUT_FILENO);
    say("\"}\n", STDOUT_FILENO);
  }
  say(line);
  say("  # crashed: ");
  say(why);
  say("\n");
  _exit(exit_crash);
}

}  // namespace

void catch_crashes(std::string_view command) {
  of_process.set(command);
  take_other_stack();
  struct sigaction how{};
  how.sa_handler = on_crash;
  how.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  sigemptyset(&how.sa_mask);
  for (const int each : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    if (each == SIGABRT || !is_sanitized) sigaction(each, &how, nullptr);
  }
}

void set_crash_line(std::string_view line) {
  take_other_stack();
  of_thread.set(line);
}

void print_crashes_as_json() {
  prints_json = true;
}

}  // namespace dovetail::sim
