// Where keys live, by the rules in the plainest words that a program can have: lists and loops, for
// a few servers, made anew for each key. Held against core/pool and core/route, which are fast.
//
// The hash functions are core's own: recorded values of each are held against them elsewhere.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/config.h"

namespace dovetail::proptests {

// What of a key is hashed: with tag "{}", what is between the first '{' and the next '}', unless
// that is nothing.
std::string_view tagged(std::string_view key, std::string_view tag);

class reference_pool {
 public:
  // `of` outlives the pool.
  explicit reference_pool(const pool_config& of) : config_(&of), feels_(of.servers.size()) {}

  // Servers that keys go to, ascending: those that are not out or, without eject_rehash, all.
  std::vector<std::uint32_t> placed() const;

  // For ketama and modula: random may choose any that is placed.
  std::optional<std::uint32_t> server_for(std::string_view key) const;

  // The server of a hash, where some are live and a choice is to be made.
  std::uint32_t server_of(std::uint32_t hash) const;

  void failed(std::uint32_t server, instant now);
  void answered(std::uint32_t server) { feels_[server].failures = 0; }

  // A server that is out is asked, if it is time, and is well or not. False: nobody is asked.
  bool probe(std::uint32_t server, instant now, bool well);

 private:
  struct feeling {
    int failures = 0;                  // in a row
    std::optional<instant> out_until;  // at least
  };

  duration retry_after() const;
  std::uint32_t by_ketama(std::uint32_t hash, const std::vector<std::uint32_t>& live) const;
  std::uint32_t by_modula(std::uint32_t hash, const std::vector<std::uint32_t>& live) const;

  const pool_config* config_;
  std::vector<feeling> feels_;
};

}  // namespace dovetail::proptests
