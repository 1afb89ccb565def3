// What the operator asked for: plain values, units in the names, twemproxy's defaults.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {

struct server_config {
  endpoint address;
  std::uint32_t weight = 1;
  std::string name;  // hashed, sorted by and shown: explicit, or made from the address as
                     // twemproxy does (host if the port is 11211, host:port, "/path:")

  bool operator==(const server_config&) const = default;
};

// What becomes of a request with keys on several servers that cannot be divided.
enum class cross_slot_kind : std::uint8_t {
  error,      // it is refused, as redis Cluster does
  first_key,  // it goes to the server of its first key, as twemproxy does
};

// What becomes of a request that was split when one of its servers fails.
enum class partial_failure_kind : std::uint8_t {
  error,    // the whole reply is one error
  per_key,  // of MGET and memcached's get, only the keys of that server fail
};

std::string_view name_of(cross_slot_kind kind);
std::string_view name_of(partial_failure_kind kind);

struct pool_config {
  std::string name;
  endpoint listen;
  unsigned listen_permissions = 0;  // of a unix socket; 0: umask
  hash_kind hash = hash_kind::fnv1a_64;
  std::string hash_tag;  // empty or two characters
  distribution_kind distribution = distribution_kind::ketama;
  int timeout_ms = 0;  // 0: wait for ever
  int backlog = 512;
  int client_connections = 0;      // most at a time; 0: no limit
  int client_idle_timeout_ms = 0;  // of one that nothing is owed to or by; 0: for ever
  bool redis = false;              // else memcached
  std::string redis_auth;
  std::string redis_auth_user;  // whom servers are told with it; empty: none, the default one
  int redis_db = 0;
  bool preconnect = false;
  bool tcpkeepalive = false;
  int tcpkeepalive_idle_s = 0;  // this and the next two: 0 as the system has it
  int tcpkeepalive_interval_s = 0;
  int tcpkeepalive_count = 0;
  bool reuseport = false;
  bool auto_eject_hosts = false;
  int server_connections = 1;
  int server_retry_timeout_ms = 30000;
  int resolve_ttl_ms = 0;  // where the name of a connected server leads is asked so often; 0: never
  int server_failure_limit = 2;
  bool eject_rehash = true;  // keys of a server that is out go to others; else they are refused
  int slowlog_log_slower_than_us = 10000;  // -1: nothing is kept
  int slowlog_max_len = 128;               // requests
  cross_slot_kind on_cross_slot = cross_slot_kind::error;
  partial_failure_kind on_partial_failure = partial_failure_kind::error;
  int client_requests_max = 1024;         // of one client, unanswered
  int client_reply_bytes_max = 1 << 20;   // of one client's replies, unwritten or coming
  int server_queue_bytes_max = 16 << 20;  // of requests unwritten to one server connection
  int pool_bytes_max = 1 << 30;           // of requests and replies that are held; 0: no limit
  int message_bytes_max = 512 << 20;      // of one request or reply
  int request_arguments_max = 1 << 20;    // of one redis request
  int reply_depth_max = 8192;             // arrays within arrays of one redis reply
  bool allow_flush = false;            // FLUSHALL, FLUSHDB, flush_all: everything at every server
  std::vector<server_config> servers;  // in the order of twemproxy: by length of name, then bytes

  bool operator==(const pool_config&) const = default;
};

inline constexpr int workers_max = 256;

struct config {
  std::vector<pool_config> pools;  // by length of name, then bytes
  int workers = 0;                 // of the process; 0: not said

  bool operator==(const config&) const = default;
};

}  // namespace dovetail
