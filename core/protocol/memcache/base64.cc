#include "protocol/memcache/base64.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dovetail::memcache {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// How many of the last two letters are no letters.
std::size_t padding_of(std::string_view encoded) {
  if (encoded.ends_with("==")) return 2;
  return encoded.ends_with('=') ? 1 : 0;
}

}  // namespace

bool decode_base64(std::string_view encoded, std::string& plain) {
  plain.clear();
  std::uint32_t bits = 0;
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    const std::size_t found = alphabet.find(encoded[at]);
    bits = bits << 6 | (found == std::string_view::npos ? 0U : static_cast<std::uint32_t>(found));
    if (at % 4 != 3) continue;
    for (const int shift : {16, 8, 0})
      plain += static_cast<char>(bits >> shift & 255);
  }
  for (std::size_t left = padding_of(encoded); left > 0 && !plain.empty(); --left)
    plain.pop_back();
  return !plain.empty() && is_base64_of(encoded, plain);
}

bool is_base64_of(std::string_view encoded, std::string_view plain) {
  if (encoded.size() != (plain.size() + 2) / 3 * 4) return false;
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    const std::size_t group = at / 4 * 3;
    std::uint32_t bits = 0;  // of three bytes, zeros behind the last
    for (std::size_t byte = group; byte < group + 3; ++byte) {
      bits = bits << 8 | (byte < plain.size() ? static_cast<unsigned char>(plain[byte]) : 0U);
    }
    // A group of n bytes is written with n + 1 letters.
    const bool padding = at % 4 > plain.size() - group;
    const char expected = padding ? '=' : alphabet[bits >> (18 - 6 * (at % 4)) & 63];
    if (encoded[at] != expected) return false;
  }
  return true;
}

}  // namespace dovetail::memcache
