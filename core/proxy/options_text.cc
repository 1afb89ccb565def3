#include "proxy/options_text.h"

#include <algorithm>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "proxy/proxy.h"

namespace dovetail {
namespace {

// Durations are microseconds.
constexpr std::string_view block_size = "block_size";
constexpr std::string_view seed = "seed";
constexpr std::string_view reuse_port = "reuse_port";
constexpr std::string_view is_first = "is_first";
constexpr std::string_view client_connections_max = "client_connections_max";
constexpr std::string_view replies_at_first = "replies_at_first";
constexpr std::string_view kept_bytes_max = "kept_bytes_max";
constexpr std::string_view linger = "linger";
constexpr std::string_view clock_to_unix = "clock_to_unix";

std::string text_of(duration time) {
  return std::to_string(time.count());
}

class reader {
 public:
  explicit reader(const named_values& from) : from_(from) {}

  std::uint64_t number(std::string_view name,
                       std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
    const auto found = std::ranges::find(from_, name, &named_values::value_type::first);
    if (found == from_.end()) return fail(name, "is missing");
    const auto read = parse_unsigned(found->second, most);
    return read ? *read : fail(name, "\"" + found->second + "\" is no such number");
  }

  duration microseconds(std::string_view name) {
    return duration(static_cast<duration::rep>(
        number(name, static_cast<std::uint64_t>(std::numeric_limits<duration::rep>::max()))));
  }

  bool flag(std::string_view name) { return number(name, 1) == 1; }

  const std::optional<std::string>& error() const { return error_; }

 private:
  std::uint64_t fail(std::string_view name, const std::string& why) {
    if (!error_) error_ = std::string(name) + ": " + why;
    return 0;
  }

  const named_values& from_;
  std::optional<std::string> error_;
};

}  // namespace

named_values describe_options(const proxy_options& what) {
  const auto line = [](std::string_view name, std::string value) {
    return std::pair(std::string(name), std::move(value));
  };
  return {line(block_size, std::to_string(what.block_size)),
          line(seed, std::to_string(what.seed)),
          line(reuse_port, what.reuse_port ? "1" : "0"),
          line(is_first, what.is_first ? "1" : "0"),
          line(client_connections_max, std::to_string(what.client_connections_max)),
          line(replies_at_first, std::to_string(what.replies_at_first)),
          line(kept_bytes_max, std::to_string(what.kept_bytes_max)),
          line(linger, text_of(what.linger)),
          line(clock_to_unix, text_of(what.clock_to_unix))};
}

std::expected<proxy_options, std::string> options_from(const named_values& text) {
  constexpr std::uint64_t gigabyte = 1U << 30;
  reader from(text);
  proxy_options made;
  made.block_size = from.number(block_size, gigabyte);
  made.seed = from.number(seed);
  made.reuse_port = from.flag(reuse_port);
  made.is_first = from.flag(is_first);
  made.client_connections_max = from.number(client_connections_max);
  made.replies_at_first = from.number(replies_at_first);
  made.kept_bytes_max = from.number(kept_bytes_max);
  made.linger = from.microseconds(linger);
  made.clock_to_unix = from.microseconds(clock_to_unix);
  if (from.error()) return std::unexpected(*from.error());
  if (made.block_size == 0) return std::unexpected("block_size: \"0\" is too small");
  if (made.replies_at_first == 0) return std::unexpected("replies_at_first: \"0\" is too small");
  return made;
}

}  // namespace dovetail
