#include "proptests/apart.h"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "base/check.h"

namespace dovetail::proptests {
namespace {

void tell(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t taken = write(pipe, text.data(), text.size());
    if (taken <= 0) _exit(EXIT_FAILURE);
    text.remove_prefix(static_cast<std::size_t>(taken));
  }
}

std::string hear(int pipe) {
  std::string all;
  std::array<char, 4096> some{};
  for (;;) {
    const ssize_t came = read(pipe, some.data(), some.size());
    if (came <= 0) return all;
    all.append(some.data(), static_cast<std::size_t>(came));
  }
}

}  // namespace

last_words apart(const std::function<void(const std::function<void(std::string_view)>&)>& what) {
  std::array<int, 2> ends{};
  DOVETAIL_CHECK(pipe(ends.data()) == 0);
  const pid_t child = fork();
  DOVETAIL_CHECK(child >= 0);
  if (child == 0) {
    // Shrinking ends hundreds of them.
    const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &no_core);
    what([&](std::string_view text) { tell(ends[1], text); });
    _exit(EXIT_SUCCESS);
  }
  close(ends[1]);
  last_words its{.said = hear(ends[0])};
  close(ends[0]);
  int status = 0;
  DOVETAIL_CHECK(waitpid(child, &status, 0) == child);
  its.ended = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
  return its;
}

}  // namespace dovetail::proptests
