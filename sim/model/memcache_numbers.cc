#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model/memcache_call.h"
#include "sim/model/memcache_items.h"

namespace dovetail::sim {
namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

struct signed_number {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

// As strtoull sees it: nothing without a digit, beyond 64 bits, or when it ends in anything but a
// blank.
std::optional<signed_number> read_number(std::string_view text) {
  signed_number read;
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    read.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || is_blank(text.front())) return std::nullopt;
  for (; !text.empty() && !is_blank(text.front()); text.remove_prefix(1)) {
    const char c = text.front();
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(read.magnitude, 10U, &read.magnitude) ||
        __builtin_add_overflow(read.magnitude, static_cast<unsigned>(c - '0'), &read.magnitude)) {
      return std::nullopt;
    }
  }
  return read;
}

}  // namespace

std::optional<std::int32_t> memcache_int(std::string_view text) {
  const auto read = read_number(text);
  constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
  if (!read || read->magnitude > most + (read->negative ? 1 : 0)) return std::nullopt;
  const auto magnitude = static_cast<std::int64_t>(read->magnitude);
  return static_cast<std::int32_t>(read->negative ? -magnitude : magnitude);
}

std::optional<std::uint64_t> memcache_counter(std::string_view text) {
  const auto read = read_number(text);
  if (!read) return std::nullopt;
  const std::uint64_t value = read->negative ? ~read->magnitude + 1 : read->magnitude;
  if (read->negative && static_cast<std::int64_t>(value) < 0) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> memcache_flags(std::string_view text) {
  const auto read = memcache_counter(text);
  if (!read) return std::nullopt;
  return static_cast<std::uint32_t>(*read);
}

std::optional<std::uint64_t> memcache_add(memcache_items& items,
                                          memcache_item& item,
                                          bool up,
                                          std::uint64_t by) {
  const auto old = memcache_counter(item.data);
  if (!old) return std::nullopt;
  const std::uint64_t value = up ? *old + by : *old - std::min(*old, by);
  const std::size_t size = item.data.size();
  item.data = std::to_string(value);
  if (item.data.size() < size) item.data.resize(size, ' ');
  item.cas = items.next_cas();
  return value;
}

}  // namespace dovetail::sim
