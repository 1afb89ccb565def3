#include "daemon/reload_outcome.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

namespace dovetail {
namespace {

constexpr std::size_t message_bytes_max = 60'000;

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

// Where the process listens.
struct meeting_place {
  explicit meeting_place(int process) {
    const std::string name = fmt::format("dovetail-reload-{}", process);
    std::ranges::copy(name, address.sun_path + 1);  // behind a zero: abstract
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }

  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  socklen_t size = 0;
};

int open_socket() {
  return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

bool comes_from(int process, int connected) {
  ucred peer = {};
  socklen_t size = sizeof peer;
  return ::getsockopt(connected, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == process;
}

// The file and the errors, with a zero between two.
std::string pack(const reload_outcome& what) {
  std::string text = what.config_file;
  for (const std::string& each : what.errors)
    text += '\0' + each;
  if (text.size() > message_bytes_max) text.resize(message_bytes_max);
  return text;
}

reload_outcome unpack(std::string_view text) {
  reload_outcome what;
  std::size_t end = text.find('\0');
  what.config_file = text.substr(0, end);
  while (end != std::string_view::npos) {
    text.remove_prefix(end + 1);
    end = text.find('\0');
    what.errors.emplace_back(text.substr(0, end));
  }
  return what;
}

bool becomes_readable(int socket, std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd watched = {.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, static_cast<int>(std::max(left, milliseconds(0)).count())) > 0;
}

}  // namespace

void tell_outcome(int to_process, const reload_outcome& what) {
  if (to_process <= 0) return;
  const descriptor socket(open_socket());
  const meeting_place there(to_process);
  if (::connect(socket.get(), there.get(), there.size) != 0) return;
  if (!comes_from(to_process, socket.get())) return;
  const std::string text = pack(what);
  ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

std::expected<std::unique_ptr<outcome_listener>, std::string> outcome_listener::open() {
  descriptor socket(open_socket());
  const meeting_place here(::getpid());
  if (::bind(socket.get(), here.get(), here.size) != 0 || ::listen(socket.get(), 4) != 0) {
    return std::unexpected(
        fmt::format("cannot be told the outcome: {}", std::generic_category().message(errno)));
  }
  return std::unique_ptr<outcome_listener>(new outcome_listener(socket.release()));
}

outcome_listener::~outcome_listener() {
  ::close(descriptor_);
}

std::optional<reload_outcome> outcome_listener::wait(int for_process,
                                                     std::chrono::milliseconds at_most) const {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (becomes_readable(descriptor_, deadline)) {
    const descriptor told(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (told.get() < 0 || !comes_from(for_process, told.get())) continue;
    if (!becomes_readable(told.get(), deadline)) break;
    std::string text(message_bytes_max, '\0');
    const ssize_t size = ::recv(told.get(), text.data(), text.size(), 0);
    if (size > 0) return unpack(std::string_view(text).substr(0, static_cast<std::size_t>(size)));
  }
  return std::nullopt;
}

}  // namespace dovetail
