#include "sim/tool/numbers.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace dovetail::sim {

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return {[=](const std::string& text) {
            const auto number = parse_unsigned(text, most);
            if (number && *number >= least) return std::string();
            return fmt::format("\"{}\" is not a number from {} to {}", text, least, most);
          },
          "NUMBER"};
}

CLI::Validator some_time(double most) {
  return {[=](const std::string& text) {
            double seconds = 0;
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, seconds);
            const bool fine = read.ec == std::errc() && read.ptr == end;
            if (fine && seconds >= 0.001 && seconds <= most) return std::string();
            return fmt::format("\"{}\" is not a time from 0.001 to {:.0f} seconds", text, most);
          },
          "SECONDS"};
}

std::string counted(std::uint64_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace dovetail::sim
