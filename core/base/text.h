// Numbers and letters without a locale.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dovetail {

// Decimal digits and nothing else, at most `most`. Leading zeros are accepted.
std::optional<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t most);

// As redis's string2ll (util.c): an optional minus, no plus, no leading zeros, no spaces, within
// 64 bits.
std::optional<std::int64_t> parse_signed_strict(std::string_view text);

// ASCII only.
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// ASCII letters are equal in either case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// `number` in decimal, held by value: text() is valid as long as this object.
class decimal {
 public:
  explicit decimal(std::int64_t number);
  static decimal of(std::uint64_t number);
  std::string_view text() const { return {digits_.data() + from_, digits_.size() - from_}; }

 private:
  decimal() = default;
  void write(std::uint64_t magnitude);

  std::array<char, 20> digits_{};
  std::size_t from_ = 20;
};

}  // namespace dovetail
