// Key → server, with ejection.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/config.h"
#include "pool/health.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {

// The servers of one pool and how they feel. No I/O and no timers: arithmetic on times.
class server_pool {
 public:
  // `of` must outlive the pool and have a server; `seed` is for the random distribution.
  server_pool(const pool_config& of, std::uint64_t seed);

  // Index into config().servers of the server for `key`. Nothing when all are out; without
  // eject_rehash always the same one, which may be out. A pool of one server hashes nothing.
  std::optional<std::uint32_t> server_for(std::string_view key);

  // A server connection failed or answered. `failed` returns true when that ejected the server.
  // Without auto_eject_hosts neither has an effect.
  bool failed(std::uint32_t server, instant now);
  void answered(std::uint32_t server);

  // Takes over how those servers feel that are in `before` as well. Where nobody is ejected any
  // more, all are well.
  void remember(const server_pool& before);

  // The server of the same name and address as `that`, if there is one.
  std::optional<std::uint32_t> index_of(const server_config& that) const;

  bool is_out(std::uint32_t server) const { return !health_[server].live(); }

  // A server that is out takes no keys. When its time has come it is to be probed: begin_probe
  // returns true once for each time, and then one of the other two follows.
  bool begin_probe(std::uint32_t server, instant now);
  void probe_answered(std::uint32_t server);
  void probe_failed(std::uint32_t server, instant now);

  // When begin_probe has something to do at the earliest.
  std::optional<instant> next_probe() const;

  // Between an ejection or a failed probe and the next probe: server_retry_timeout, but a server
  // that refuses is not asked without a pause.
  duration retry_after() const { return retry_after_; }

  const pool_config& config() const { return *config_; }
  const health& health_of(std::uint32_t server) const { return health_[server]; }

 private:
  void rebuild();

  const pool_config* config_;
  duration retry_after_;
  hash_function hash_;
  std::unique_ptr<distribution> distribution_;
  std::vector<health> health_;
  bool any_placed_ = true;
};

}  // namespace dovetail
