#include "daemon/service_manager.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace dovetail {

void tell_service_manager(std::string_view assignments) {
  const char* const named = std::getenv("NOTIFY_SOCKET");
  const std::string_view path = named == nullptr ? std::string_view() : named;
  sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = {}};
  if (path.empty() || path.size() >= sizeof to.sun_path) return;
  std::ranges::copy(path, to.sun_path);
  if (path.front() == '@') to.sun_path[0] = '\0';  // in the abstract namespace

  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  ::sendto(socket, assignments.data(), assignments.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&to), size);
  ::close(socket);
}

// A daemon in the background is another process than the one that was started.
void tell_ready() {
  tell_service_manager(fmt::format("READY=1\nMAINPID={}", ::getpid()));
}

void tell_reloading() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  const auto time_us = std::chrono::duration_cast<std::chrono::microseconds>(since_boot).count();
  tell_service_manager(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", time_us));
}

void tell_stopping() {
  tell_service_manager("STOPPING=1");
}

}  // namespace dovetail
