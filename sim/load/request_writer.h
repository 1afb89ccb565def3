// The bytes of a load's requests, in either protocol.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/load/key_space.h"
#include "sim/load/provenance.h"
#include "sim/model/client_program.h"

namespace dovetail::sim::load {

// Each appends one request, or a piece of one, to a string.
class request_writer {
 public:
  // The key spaces and the maker must outlive the writer.
  request_writer(wire_protocol speaks,
                 const key_space& values,
                 const key_space& counters,
                 const value_maker& maker);

  void get(std::string& to, key_number key) const;
  void set(std::string& to, const provenance& what) const;
  void del(std::string& to, key_number key) const;
  void incr(std::string& to, key_number counter) const;
  void reset(std::string& to, key_number counter) const;  // sets it to 0

  // A get of so many keys: the beginning, each key, the end.
  void begin_mget(std::string& to, std::size_t keys) const;
  void mget_key(std::string& to, key_number key) const;
  void end_mget(std::string& to) const;

 private:
  bool is_redis() const { return speaks_ == wire_protocol::redis; }
  void redis_begin(std::string& to, std::size_t words, std::string_view name) const;
  void redis_key(std::string& to, const key_space& of, key_number key) const;
  void memcache_line(std::string& to,
                     std::string_view name,
                     const key_space& of,
                     key_number key) const;

  wire_protocol speaks_;
  const key_space& values_;
  const key_space& counters_;
  const value_maker& maker_;
};

}  // namespace dovetail::sim::load
