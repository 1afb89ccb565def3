#include "sim/load/provenance.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/random.h"
#include "sim/load/key_space.h"

namespace dovetail::sim::load {
namespace {

constexpr std::size_t key_letters = 6;
constexpr std::size_t write_letters = 10;
constexpr unsigned sequence_bits = 42;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
constexpr unsigned char no_letter = 64;

constexpr auto values_of_letters = [] {
  std::array<unsigned char, 256> all{};
  all.fill(no_letter);
  for (std::size_t at = 0; at < alphabet.size(); ++at)
    all[static_cast<unsigned char>(alphabet[at])] = static_cast<unsigned char>(at);
  return all;
}();

void append_letters(std::string& to, std::uint64_t number, std::size_t count) {
  for (std::size_t left = count; left-- > 0;)
    to += alphabet[(number >> (6 * left)) & 63];
}

std::optional<std::uint64_t> read_letters(std::string_view text) {
  std::uint64_t number = 0;
  unsigned char worst = 0;
  for (const char letter : text) {
    const unsigned char value = values_of_letters[static_cast<unsigned char>(letter)];
    number = (number << 6) | value;
    worst = std::max(worst, value);
  }
  if (worst == no_letter) return std::nullopt;
  return number;
}

std::uint64_t digest(const provenance& of) {
  const std::uint64_t who =
      (std::uint64_t{of.written.writer} << sequence_bits) ^ of.written.sequence;
  return random_stream(who * 0x9e3779b97f4a7c15U ^ of.key).next();
}

// Long enough that two values rarely go on alike, short enough to stay in the cache. A power of
// two.
constexpr std::size_t pattern_bytes = 32768;

}  // namespace

value_maker::value_maker(std::size_t least, std::size_t most) : least_(least), most_(most) {
  DOVETAIL_CHECK(bytes_min <= least_ && least_ <= most_);
  random_stream bytes(1);
  while (pattern_.size() < pattern_bytes)
    pattern_ += static_cast<char>(bytes.below(256));
}

std::size_t value_maker::size(const provenance& of) const {
  return least_ + (digest(of) >> 32) % (most_ - least_ + 1);
}

std::uint32_t value_maker::flags(const provenance& of) {
  return static_cast<std::uint32_t>(digest(of) >> 16) & 0xffff;
}

void value_maker::append(std::string& to, const provenance& of) const {
  const std::uint64_t mixed = digest(of);
  append_letters(to, of.key, key_letters);
  append_letters(to, (std::uint64_t{of.written.writer} << sequence_bits) | of.written.sequence,
                 write_letters);
  std::size_t left = size(of) - bytes_min;
  std::size_t from = mixed % pattern_bytes;
  while (left > 0) {
    const std::size_t taken = std::min(left, pattern_bytes - from);
    to.append(pattern_, from, taken);
    left -= taken;
    from = 0;
  }
}

std::optional<provenance> value_maker::read(std::string_view value) const {
  if (value.size() < bytes_min) return std::nullopt;
  const auto key = read_letters(value.substr(0, key_letters));
  const auto write = read_letters(value.substr(key_letters, write_letters));
  if (!key || !write || *key > key_space::keys_max) return std::nullopt;
  const provenance of{.key = static_cast<key_number>(*key),
                      .written = {.writer = static_cast<std::uint32_t>(*write >> sequence_bits),
                                  .sequence = *write & ((std::uint64_t{1} << sequence_bits) - 1)}};
  if (value.size() != size(of)) return std::nullopt;
  if (!is_padding(value.substr(bytes_min), digest(of) % pattern_bytes)) return std::nullopt;
  return of;
}

bool value_maker::is_padding(std::string_view bytes, std::uint64_t from) const {
  while (!bytes.empty()) {
    const std::string_view due = std::string_view(pattern_).substr(from, bytes.size());
    if (!bytes.starts_with(due)) return false;
    bytes.remove_prefix(due.size());
    from = 0;
  }
  return true;
}

}  // namespace dovetail::sim::load
