// A recording, played.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "recorder/file.h"
#include "sim/recording/replay.h"

namespace dovetail::sim {

struct playback {
  std::uint64_t entries = 0;  // up to the end, or the difference
  std::uint64_t events = 0;
  duration time{};  // from the first event to the last one
  std::optional<difference> found;
};

// Fails, in a line, where it does not say how its proxy was made.
std::expected<playback, std::string> play(const recording& of);

}  // namespace dovetail::sim
