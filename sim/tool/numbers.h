// Numbers of the command line.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <CLI/App.hpp>  // IWYU pragma: keep (what Validators.hpp needs)
#include <CLI/Validators.hpp>

namespace dovetail::sim {

// Two of them can be added.
inline constexpr std::uint64_t number_max = std::uint64_t{1} << 62;

// Digits and nothing else: to CLI11 "-1" is a large number, too.
CLI::Validator whole_number(std::uint64_t least = 0, std::uint64_t most = number_max);

// More than nothing, and at most `most`, in seconds.
CLI::Validator some_time(double most);

// "1 order", "2 orders".
std::string counted(std::uint64_t number, std::string_view what);

}  // namespace dovetail::sim
