// A 128-bit fingerprint of plain values: the same on every machine and compiler.

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dovetail::sim {

struct fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const fingerprint&) const = default;
};

// Not for secrets. Two lanes with different multipliers, mixed at the end.
class hasher {
 public:
  void add(std::uint64_t value) {
    high_ = (high_ ^ value) * 0x9e3779b97f4a7c15U;
    high_ ^= high_ >> 32;
    low_ = (low_ + value) * 0xd6e8feb86659fd93U;
    low_ ^= low_ >> 29;
  }

  // Its length counts, so that neighbours cannot run into each other.
  void add(std::string_view bytes) {
    add(bytes.size());
    while (bytes.size() >= 8) {
      add(word(bytes, 8));
      bytes.remove_prefix(8);
    }
    if (!bytes.empty()) add(word(bytes, bytes.size()));
  }

  fingerprint result() const {
    hasher last = *this;
    last.add(std::uint64_t{0x2545f4914f6cdd1dU});
    last.add(low_);
    return {last.high_, last.low_};
  }

 private:
  static std::uint64_t word(std::string_view bytes, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < size; ++at)
      value |= std::uint64_t{static_cast<unsigned char>(bytes[at])} << (8 * at);
    return value;
  }

  std::uint64_t high_ = 0x243f6a8885a308d3U;
  std::uint64_t low_ = 0x13198a2e03707344U;
};

}  // namespace dovetail::sim
