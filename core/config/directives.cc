#include "config/directives.h"

#include <algorithm>
#include <array>
#include <expected>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "config/address.h"
#include "config/config.h"
#include "config/nearest.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

using outcome = std::expected<void, std::string>;

constexpr int int_max = std::numeric_limits<int>::max();

// One server can be reached from one address over this many ports.
constexpr int server_connections_max = 65535;

// Lines of the protocols, and what a greeting is answered with, are below this.
constexpr int message_least = 65536;

// Seconds that Linux takes (tcp(7); net/tcp.h, MAX_TCP_KEEPIDLE).
constexpr int probe_most = 32767;

// A reply is taken apart with a stack.
constexpr int depth_most = 65536;

// One can take 4 KB.
constexpr int slowlog_max = 10000;

template <auto Member>
outcome set_flag(std::string_view text, pool_config& of) {
  if (text != "true" && text != "false") {
    return std::unexpected(fmt::format("\"{}\" is neither true nor false", text));
  }
  of.*Member = text == "true";
  return {};
}

template <auto Member, int Least = 0, int Most = int_max>
outcome set_number(std::string_view text, pool_config& of) {
  const auto number = parse_unsigned(text, Most);
  if (!number || static_cast<int>(*number) < Least) {
    return std::unexpected(fmt::format("\"{}\" is not a number from {} to {}", text, Least, Most));
  }
  of.*Member = static_cast<int>(*number);
  return {};
}

// Each time takes a connection.
outcome set_resolve_ttl(std::string_view text, pool_config& of) {
  constexpr std::uint64_t least = 100;
  const auto number = parse_unsigned(text, int_max);
  if (!number || (*number > 0 && *number < least)) {
    return std::unexpected(
        fmt::format("\"{}\" is neither 0 nor a number from {} to {}", text, least, int_max));
  }
  of.resolve_ttl_ms = static_cast<int>(*number);
  return {};
}

outcome set_slower_than(std::string_view text, pool_config& of) {
  if (text != "-1") return set_number<&pool_config::slowlog_log_slower_than_us>(text, of);
  of.slowlog_log_slower_than_us = -1;  // off
  return {};
}

outcome set_listen(std::string_view text, pool_config& of) {
  auto parsed = parse_listen(text);
  if (!parsed) return std::unexpected(parsed.error());
  of.listen = std::move(parsed->at);
  of.listen_permissions = parsed->permissions;
  return {};
}

// "is not a …", with the names there are.
template <class Kind>
std::string not_one_of(std::string_view text, std::string_view what, Kind last) {
  std::vector<std::string_view> names;
  for (int at = 0; at <= static_cast<int>(last); ++at) {
    names.push_back(name_of(static_cast<Kind>(at)));
  }
  return fmt::format("\"{}\" is not a {}: {}", text, what, fmt::join(names, ", "));
}

outcome set_hash(std::string_view text, pool_config& of) {
  const auto kind = hash_named(text);
  if (!kind) return std::unexpected(not_one_of(text, "hash", hash_kind::jenkins));
  of.hash = *kind;
  return {};
}

outcome set_distribution(std::string_view text, pool_config& of) {
  const auto kind = distribution_named(text);
  if (!kind) return std::unexpected(not_one_of(text, "distribution", distribution_kind::random));
  of.distribution = *kind;
  return {};
}

// Of those up to `Last`, by their names.
template <auto Member, auto Last>
outcome set_choice(std::string_view text, pool_config& of) {
  for (int at = 0; at <= static_cast<int>(Last); ++at) {
    const auto kind = static_cast<decltype(Last)>(at);
    if (text != name_of(kind)) continue;
    of.*Member = kind;
    return {};
  }
  return std::unexpected(not_one_of(text, "choice", Last));
}

outcome set_hash_tag(std::string_view text, pool_config& of) {
  if (text.size() != 2) {
    return std::unexpected(fmt::format("\"{}\" is not two characters, such as \"{{}}\"", text));
  }
  of.hash_tag = text;
  return {};
}

template <auto Member>
outcome set_text(std::string_view text, pool_config& of) {
  of.*Member = text;
  return {};
}

constexpr std::array table = {
    directive{"listen", set_listen},
    directive{"hash", set_hash},
    directive{"hash_tag", set_hash_tag},
    directive{"distribution", set_distribution},
    directive{"timeout", set_number<&pool_config::timeout_ms>},
    directive{"backlog", set_number<&pool_config::backlog>},
    directive{"client_connections", set_number<&pool_config::client_connections>},
    directive{"client_idle_timeout", set_number<&pool_config::client_idle_timeout_ms>},
    directive{"redis", set_flag<&pool_config::redis>},
    directive{"redis_auth", set_text<&pool_config::redis_auth>},
    directive{"redis_auth_user", set_text<&pool_config::redis_auth_user>},
    directive{"redis_db", set_number<&pool_config::redis_db>},
    directive{"preconnect", set_flag<&pool_config::preconnect>},
    directive{"tcpkeepalive", set_flag<&pool_config::tcpkeepalive>},
    directive{"tcpkeepalive_idle", set_number<&pool_config::tcpkeepalive_idle_s, 0, probe_most>},
    directive{"tcpkeepalive_interval",
              set_number<&pool_config::tcpkeepalive_interval_s, 0, probe_most>},
    directive{"tcpkeepalive_count", set_number<&pool_config::tcpkeepalive_count, 0, 127>},
    directive{"reuseport", set_flag<&pool_config::reuseport>},
    directive{"auto_eject_hosts", set_flag<&pool_config::auto_eject_hosts>},
    directive{"server_connections",
              set_number<&pool_config::server_connections, 1, server_connections_max>},
    directive{"server_retry_timeout", set_number<&pool_config::server_retry_timeout_ms>},
    directive{"server_failure_limit", set_number<&pool_config::server_failure_limit>},
    directive{"resolve_ttl", set_resolve_ttl},
    directive{"eject_rehash", set_flag<&pool_config::eject_rehash>},
    directive{"slowlog_log_slower_than", set_slower_than},
    directive{"slowlog_max_len", set_number<&pool_config::slowlog_max_len, 0, slowlog_max>},
    directive{"on_cross_slot", set_choice<&pool_config::on_cross_slot, cross_slot_kind::first_key>},
    directive{"on_partial_failure",
              set_choice<&pool_config::on_partial_failure, partial_failure_kind::per_key>},
    directive{"client_requests_max", set_number<&pool_config::client_requests_max, 1>},
    directive{"client_reply_bytes_max", set_number<&pool_config::client_reply_bytes_max, 1>},
    directive{"server_queue_bytes_max", set_number<&pool_config::server_queue_bytes_max, 1>},
    directive{"pool_bytes_max", set_number<&pool_config::pool_bytes_max>},
    directive{"message_bytes_max", set_number<&pool_config::message_bytes_max, message_least>},
    directive{"request_arguments_max", set_number<&pool_config::request_arguments_max, 1>},
    directive{"reply_depth_max", set_number<&pool_config::reply_depth_max, 1, depth_most>},
    directive{"allow_flush", set_flag<&pool_config::allow_flush>},
};

}  // namespace

std::string_view name_of(cross_slot_kind kind) {
  return kind == cross_slot_kind::error ? "error" : "first_key";
}

std::string_view name_of(partial_failure_kind kind) {
  return kind == partial_failure_kind::error ? "error" : "per_key";
}

std::span<const directive> directives() {
  return table;
}

const directive* directive_named(std::string_view name) {
  const auto at = std::ranges::find(table, name, &directive::name);
  return at == table.end() ? nullptr : &*at;
}

std::string unknown_key(std::string_view name) {
  if (name == "sentinels") {
    return "is not supported: list the redis servers themselves under \"servers\"";
  }
  std::vector<std::string_view> known = {"servers"};
  for (const directive& each : table)
    known.push_back(each.name);
  const auto meant = nearest(name, known);
  return meant ? fmt::format("is unknown; did you mean \"{}\"?", *meant) : "is unknown";
}

}  // namespace dovetail
