#include "sim/model/memcache_meta_flags.h"

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/model/base64.h"
#include "sim/model/memcache_call.h"
#include "sim/model/memcache_items.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view bad_token = "CLIENT_ERROR bad token in command line format";

}  // namespace

memcache_meta_flags memcache_meta_flags::read(std::string_view key,
                                              std::span<const std::string_view> flags,
                                              unix_ms now) {
  memcache_meta_flags read;
  read.key = key;
  std::bitset<127> seen;
  for (const std::string_view flag : flags) {
    const auto letter = static_cast<unsigned char>(flag[0]);
    if (letter >= seen.size() || seen[letter]) {
      read.error = "CLIENT_ERROR duplicate flag";
      return read;
    }
    seen[letter] = true;
    if (!read.take(flag, now)) {
      read.error = "CLIENT_ERROR invalid flag";
      return read;
    }
  }
  return read;
}

// False when there is no such flag. A flag whose value is wrong leaves an error and lets the others
// be read, as memcached does: the last error counts.
bool memcache_meta_flags::take(std::string_view flag, unix_ms now) {
  const std::string_view text = flag.substr(1);
  switch (flag[0]) {
    case 'b': {
      auto decoded = from_base64(key);
      if (!decoded) error = "CLIENT_ERROR error decoding key";
      key = decoded.value_or("");
      binary_key = true;
      return true;
    }
    case 'N':
      vivify = true;
      return take_expiry(text, now, vivify_expires), true;
    case 'R':
      return take_expiry(text, now, recache_expires), true;
    case 'T':
      new_expiry = true;
      return take_expiry(text, now, expires), true;
    case 'F': {
      const auto read = memcache_flags(text);
      if (!read) error = "CLIENT_ERROR bad command line format";
      client_flags = read.value_or(0);
      return true;
    }
    case 'C':
      has_cas = true;
      return take_counter(text, cas, bad_token), true;
    case 'J':
      return take_counter(text, initial, "CLIENT_ERROR invalid numeric initial value"), true;
    case 'D':
      return take_counter(text, delta, "CLIENT_ERROR invalid numeric delta value"), true;
    case 'M':
      if (text.size() != 1) error = "CLIENT_ERROR incorrect length for M token";
      mode = text.empty() ? '\0' : text[0];
      return true;
    case 'v':
      return value = true;
    case 'u':
      return no_update = true;
    case 'q':
      return quiet = true;
    case 'I':
      return invalidate = true;
    default:
      return std::string_view("OPLkstcflh").contains(flag[0]);
  }
}

void memcache_meta_flags::take_expiry(std::string_view text,
                                      unix_ms now,
                                      std::optional<unix_ms>& into) {
  const auto seconds = memcache_int(text);
  if (!seconds) error = bad_token;
  into = memcache_expiry(seconds.value_or(0), now);
}

void memcache_meta_flags::take_counter(std::string_view text,
                                       std::uint64_t& into,
                                       std::string_view otherwise) {
  const auto read = memcache_counter(text);
  if (!read) error = otherwise;
  into = read.value_or(0);
}

std::string memcache_meta_key(std::string_view key, bool binary) {
  return binary ? "k" + to_base64(key) + " b" : "k" + std::string(key);
}

}  // namespace dovetail::sim
