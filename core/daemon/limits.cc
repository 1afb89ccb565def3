#include "daemon/limits.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include <fmt/format.h>
#include <sys/resource.h>

#include "config/config.h"

namespace dovetail {
namespace {

constexpr std::uint64_t reserved_descriptors = 32;

// "No limit" as a number that can be reckoned with.
constexpr std::uint64_t descriptors_max = 1U << 30;

// One for the listener.
std::uint64_t needed_by(const pool_config& pool) {
  return static_cast<std::uint64_t>(pool.server_connections) * pool.servers.size() + 1;
}

}  // namespace

std::uint64_t raise_descriptor_limit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return std::min<std::uint64_t>(limit.rlim_cur, descriptors_max);
}

std::expected<std::size_t, std::string> clients_per_worker(const config& with,
                                                           std::uint64_t descriptors,
                                                           int workers) {
  std::uint64_t needed = 0;
  for (const pool_config& pool : with.pools)
    needed += needed_by(pool);
  const auto count = static_cast<std::uint64_t>(workers);
  const std::uint64_t fixed = needed * count + reserved_descriptors;
  if (descriptors < fixed + count) {
    return std::unexpected(
        fmt::format("{} descriptors (ulimit -n) are too few: the connections to servers, the "
                    "listeners and the process itself need {} and leave none for clients",
                    descriptors, fixed));
  }
  return static_cast<std::size_t>((descriptors - fixed) / count);
}

}  // namespace dovetail
