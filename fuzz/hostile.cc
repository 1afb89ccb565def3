// Target: a schedule and the bytes of a hostile client and of a server that lies, beside an honest
// client and an honest server (hostile_world.h).
//
//     | mode | size of tape | tape | size of requests | requests | responses |

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/hostile_world.h"
#include "sim/net/network.h"

namespace {

std::string_view take(std::string_view& from, std::size_t size) {
  const std::string_view part = from.substr(0, size);
  from.remove_prefix(std::min(size, from.size()));
  return part;
}

// A part behind a byte that says how long it is.
std::string_view take_part(std::string_view& from) {
  const std::string_view size = take(from, 1);
  return size.empty() ? size : take(from, static_cast<unsigned char>(size[0]));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  fuzz::hostilities what;
  what.redis = (data[0] & 1U) != 0;
  what.batches = (data[0] & 2U) != 0;
  what.cuts = static_cast<sim::cutting>(data[0] / 4 % 5);
  for (const char each : take_part(rest))
    what.tape.push_back(static_cast<unsigned char>(each));
  what.request_bytes = take_part(rest);
  what.response_bytes = rest;
  fuzz::play(what);
  return 0;
}
