#include "daemon/background.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <expected>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>

namespace dovetail {
namespace {

std::unexpected<std::string> failed(std::string_view what) {
  return std::unexpected(
      fmt::format("{} failed: {}", what, std::generic_category().message(errno)));
}

// What the shell sees: 0 if the daemon said that it is ready.
[[noreturn]] void wait_for_daemon(int from_daemon) {
  char ready = 0;
  ssize_t got = 0;
  do {
    got = ::read(from_daemon, &ready, 1);
  } while (got < 0 && errno == EINTR);
  std::_Exit(got == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

std::expected<std::unique_ptr<background>, std::string> background::enter() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("pipe");
  const auto [from_daemon, to_shell] = ends;

  const pid_t leader = ::fork();
  if (leader < 0) return failed("fork");
  if (leader > 0) {
    ::close(to_shell);
    wait_for_daemon(from_daemon);
  }
  ::close(from_daemon);
  if (::setsid() < 0) return failed("setsid");

  const pid_t daemon = ::fork();
  if (daemon < 0) return failed("fork");
  if (daemon > 0) std::_Exit(EXIT_SUCCESS);
  ::umask(0);
  return std::unique_ptr<background>(new background(to_shell));
}

void background::ready() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (null >= 0) ::dup2(null, standard);
  }
  if (null > STDERR_FILENO) ::close(null);
  const char byte = '1';
  // If nobody waits any more nobody needs to know.
  [[maybe_unused]] const ssize_t told = ::write(to_shell_, &byte, 1);
}

background::~background() {
  ::close(to_shell_);
}

}  // namespace dovetail
