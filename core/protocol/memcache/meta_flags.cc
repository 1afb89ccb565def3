#include "protocol/memcache/meta_flags.h"

#include <cstdint>
#include <limits>
#include <string_view>

#include "protocol/memcache/replies.h"
#include "protocol/memcache/words.h"

namespace dovetail::memcache {
namespace {

constexpr std::uint64_t most_32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t most_64 = std::numeric_limits<std::uint64_t>::max();

std::string_view unless(bool good, std::string_view refusal) {
  return good ? std::string_view() : refusal;
}

}  // namespace

std::string_view refusal_of_flag(std::string_view flag) {
  if (flag.empty() || has_control(flag)) return text::bad_format;
  const std::string_view value = flag.substr(1);
  switch (flag[0]) {
    case 'b':
    case 'c':
    case 'f':
    case 'h':
    case 'k':
    case 'l':
    case 'q':
    case 's':
    case 't':
    case 'u':
    case 'v':
    case 'I':
      return unless(value.empty(), text::bad_flag);
    case 'L':
    case 'P':  // memcached ignores them: "for proxies"
      return {};
    case 'O':
      return unless(value.size() <= opaque_bytes_max, text::long_opaque);
    case 'M':  // which modes there are is the server's business
      return unless(value.size() == 1, text::bad_mode);
    case 'F':
      return unless(is_unsigned(value, most_32), text::bad_format);
    case 'C':
      return unless(is_unsigned(value, most_64), text::bad_token);
    case 'D':
      return unless(is_unsigned(value, most_64), text::bad_meta_delta);
    case 'J':
      return unless(is_unsigned(value, most_64), text::bad_initial);
    case 'N':
    case 'R':
    case 'T':
      return unless(is_signed_32(value), text::bad_token);
    default:
      return text::bad_flag;
  }
}

}  // namespace dovetail::memcache
