// Target: configuration files. Either every error has a reason and a place in the file, or what was
// read, printed and read again is the same configuration.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "config/config_error.h"
#include "config/parse.h"
#include "config/print.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = parse_config(text, "input");
  if (!read) {
    DOVETAIL_CHECK(!read.error().empty());
    position before;
    for (const config_error& each : read.error()) {
      DOVETAIL_CHECK(!each.reason.empty() && each.file == "input");
      DOVETAIL_CHECK(before <= each.at);
      before = each.at;
    }
    return 0;
  }
  const auto again = parse_config(print_config(read->what), "printed");
  DOVETAIL_CHECK(again.has_value());
  DOVETAIL_CHECK(again->what == read->what);
  return 0;
}
