#include "daemon/load_config.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <expected>
#include <fcntl.h>
#include <netdb.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <sys/types.h>

#include "base/endpoint.h"
#include "base/result.h"
#include "config/config.h"
#include "config/config_error.h"
#include "config/parse.h"

namespace dovetail {
namespace {

result<std::string> read_whole(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::unexpected(std::error_code(errno, std::generic_category()));
  std::string text;
  std::array<char, 65536> part{};
  ssize_t size = 0;
  while ((size = ::read(file, part.data(), part.size())) > 0 || (size < 0 && errno == EINTR)) {
    if (size > 0) text.append(part.data(), static_cast<std::size_t>(size));
  }
  const int error = size < 0 ? errno : 0;
  ::close(file);
  if (error != 0) return std::unexpected(std::error_code(error, std::generic_category()));
  return text;
}

// Why a listener's host cannot be resolved; empty when it can.
std::string resolution_error(const endpoint& at) {
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(at.host.c_str(), std::to_string(at.port).c_str(), &hints, &found);
  if (error != 0) return ::gai_strerror(error);
  ::freeaddrinfo(found);
  return {};
}

}  // namespace

std::expected<parsed_config, std::vector<config_error>> load_config(const std::string& path) {
  const auto text = read_whole(path);
  error_list errors(path);
  if (!text) {
    errors.add({}, "", "", fmt::format("cannot be read: {}", text.error().message()));
    return std::unexpected(errors.take());
  }
  auto parsed = parse_config(*text, path);
  if (!parsed) return parsed;
  for (const pool_config& pool : parsed->what.pools) {
    if (pool.listen.is_unix()) continue;
    const std::string why = resolution_error(pool.listen);
    if (why.empty()) continue;
    errors.add(parsed->listen_places.at(pool.name), pool.name, "listen",
               fmt::format("\"{}\" cannot be resolved: {}", pool.listen.host, why));
  }
  if (!errors.empty()) return std::unexpected(errors.take());
  return parsed;
}

}  // namespace dovetail
