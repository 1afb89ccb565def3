// Target: trace files. What was read, printed and read again is the same trace.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "sim/trace/trace.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = sim::parse_trace(text);
  if (!read) {
    DOVETAIL_CHECK(!read.error().empty());
    return 0;
  }
  const std::string printed = print(*read);
  const auto again = sim::parse_trace(printed);
  DOVETAIL_CHECK(again.has_value());
  DOVETAIL_CHECK(print(*again) == printed);
  return 0;
}
