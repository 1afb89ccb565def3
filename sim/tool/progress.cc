#include "sim/tool/progress.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

namespace dovetail::sim {

progress::progress(std::string unit) : unit_(std::move(unit)), shows_(isatty(STDERR_FILENO) == 1) {}

progress::~progress() {
  if (written_) fmt::print(stderr, "\r\x1b[K");
}

double progress::seconds() const {
  return std::chrono::duration<double>(clock::now() - began_).count();
}

void progress::show(std::uint64_t done, std::optional<double> share) {
  if (!shows_ || clock::now() < next_) return;
  next_ = clock::now() + std::chrono::milliseconds(250);
  const double since = seconds();
  std::string line = fmt::format("{} {}", done, unit_);
  if (since > 0) line += fmt::format(", {:.0f} a second", static_cast<double>(done) / since);
  if (share && *share > 0) {
    const auto left = static_cast<std::uint64_t>(since * (1 - *share) / *share);
    line += fmt::format(", {:.0f} %, {}:{:02} left", *share * 100, left / 60, left % 60);
  }
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  written_ = true;
}

}  // namespace dovetail::sim
