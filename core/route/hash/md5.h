// MD5 (RFC 1321). Not for secrets: it is how ketama spreads points, and one of the twelve hashes.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dovetail {

struct md5_digest {
  std::array<char, 16> bytes{};

  // The four words of the digest, least significant byte first; `at` is 0..3.
  std::uint32_t word(std::size_t at) const;
};

md5_digest md5_of(std::string_view text);

}  // namespace dovetail
