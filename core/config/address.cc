#include "config/address.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/endpoint.h"
#include "base/text.h"
#include "config/config.h"

namespace dovetail {
namespace {

// Servers on memcached's port have been hashed by host alone since libmemcached.
constexpr std::uint16_t memcache_port = 11211;

// Of sockaddr_un::sun_path, without the final zero.
constexpr std::size_t unix_path_bytes_max = 107;

// Weights are added up in 32 bits.
constexpr std::uint64_t weight_max = std::numeric_limits<std::int32_t>::max();

std::unexpected<std::string> refused(std::string reason) {
  return std::unexpected(std::move(reason));
}

// Takes what stands behind the last `mark` off the end of `text`; not set when there is no mark.
std::optional<std::string_view> take_last(std::string_view& text, char mark) {
  const std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(at + 1);
  text = text.substr(0, at);
  return taken;
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool looks_like_ipv6(std::string_view host) {
  const std::string_view address = host.substr(0, host.find('%'));
  return std::ranges::count(address, ':') >= 2 &&
         address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

// Host without brackets.
std::expected<std::string, std::string> parse_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
    if (!looks_like_ipv6(text))
      return refused(fmt::format("\"[{}]\" is not an IPv6 address", text));
    return std::string(text);
  }
  if (text.empty()) return refused("has no host before the port");
  if (text.find_first_of(" []/") != std::string_view::npos) {
    return refused(fmt::format("\"{}\" is not a host name or address", text));
  }
  if (text.contains(':') && !looks_like_ipv6(text)) {
    return refused(fmt::format("\"{}\" is neither a host name nor an IPv6 address", text));
  }
  return std::string(text);
}

std::expected<std::uint16_t, std::string> parse_port(std::string_view text) {
  const auto port = parse_unsigned(text, 65535);
  if (!port || *port == 0) {
    return refused(fmt::format("port \"{}\" is not a number from 1 to 65535", text));
  }
  return static_cast<std::uint16_t>(*port);
}

std::expected<std::uint32_t, std::string> parse_weight(std::string_view text) {
  const auto weight = parse_unsigned(text, weight_max);
  if (!weight || *weight == 0) {
    return refused(fmt::format("weight \"{}\" is not a number from 1 to {}", text, weight_max));
  }
  return static_cast<std::uint32_t>(*weight);
}

std::expected<endpoint, std::string> parse_host_port(std::string_view host, std::string_view port) {
  const auto parsed_host = parse_host(host);
  if (!parsed_host) return refused(parsed_host.error());
  const auto parsed_port = parse_port(port);
  if (!parsed_port) return refused(parsed_port.error());
  return endpoint{.host = *parsed_host, .port = *parsed_port, .path = {}};
}

std::expected<endpoint, std::string> parse_path(std::string_view path) {
  if (path.size() > unix_path_bytes_max) {
    return refused(fmt::format("the path of a unix socket has at most {} bytes, this one has {}",
                               unix_path_bytes_max, path.size()));
  }
  return endpoint{.host = {}, .port = 0, .path = std::string(path)};
}

std::expected<listen_address, std::string> parse_unix_listen(std::string_view line) {
  std::string_view path = line;
  listen_address parsed;
  if (const auto mode = take_last(path, ' ')) {
    const bool octal = !mode->empty() && mode->size() <= 4 &&
                       mode->find_first_not_of("01234567") == std::string_view::npos;
    for (const char digit : octal ? *mode : "") {
      parsed.permissions = parsed.permissions * 8 + static_cast<unsigned>(digit - '0');
    }
    if (!octal || parsed.permissions > 0777) {
      return refused(fmt::format("mode \"{}\" is not an octal number from 0 to 0777", *mode));
    }
  }
  const auto at = parse_path(path);
  if (!at) return refused(at.error());
  parsed.at = *at;
  return parsed;
}

// The name of a server that was given none. `port` as it is written: zeros in front of it have
// always been hashed with it. Brackets are left away: both spellings place keys alike.
std::string made_name(const endpoint& at, std::string_view port) {
  if (at.is_unix()) return at.path + ":";
  return at.port == memcache_port ? at.host : fmt::format("{}:{}", at.host, port);
}

}  // namespace

std::expected<listen_address, std::string> parse_listen(std::string_view line) {
  if (has_control_characters(line)) return refused("has control characters");
  if (line.starts_with('/')) return parse_unix_listen(line);
  std::string_view host = line;
  const auto port = take_last(host, ':');
  if (!port) return refused("is neither host:port nor /path [mode]");
  const auto at = parse_host_port(host, *port);
  if (!at) return refused(at.error());
  return listen_address{.at = *at, .permissions = 0};
}

std::expected<server_config, std::string> parse_server(std::string_view line) {
  constexpr auto shape = "is neither host:port:weight [name] nor /path:weight [name]";
  if (has_control_characters(line)) return refused("has control characters");
  std::string_view rest = line;
  const auto name = take_last(rest, ' ');
  const auto weight = take_last(rest, ':');
  if (!weight) return refused(shape);

  const bool is_unix = rest.starts_with('/');
  if (is_unix && rest.contains(':')) return refused("the path of a unix socket has a colon");
  const auto port = is_unix ? std::string_view() : take_last(rest, ':');
  if (!port) return refused(shape);

  const auto at = is_unix ? parse_path(rest) : parse_host_port(rest, *port);
  if (!at) return refused(at.error());
  const auto parsed_weight = parse_weight(*weight);
  if (!parsed_weight) return refused(parsed_weight.error());
  return server_config{.address = *at,
                       .weight = *parsed_weight,
                       .name = name ? std::string(*name) : made_name(*at, *port)};
}

std::string listen_line(const endpoint& at, unsigned permissions) {
  const bool needs_mode = at.is_unix() && (permissions != 0 || at.path.contains(' '));
  return needs_mode ? fmt::format("{} 0{:o}", at.path, permissions) : to_string(at);
}

std::string server_line(const server_config& server) {
  const std::string line = fmt::format("{}:{}", to_string(server.address), server.weight);
  const std::string port = fmt::format("{}", server.address.port);
  const bool needs_name =
      server.name != made_name(server.address, port) || server.address.path.contains(' ');
  return needs_name ? fmt::format("{} {}", line, server.name) : line;
}

}  // namespace dovetail
