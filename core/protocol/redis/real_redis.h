// A redis-server on loopback for as long as a test needs it.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace dovetail::redis {

// A blocking connection. Nothing here fails quietly: what cannot be done fails the test.
class redis_connection {
 public:
  explicit redis_connection(std::uint16_t port);
  ~redis_connection();
  redis_connection(const redis_connection&) = delete;
  redis_connection& operator=(const redis_connection&) = delete;

  void send(std::string_view bytes);

  // One whole reply.
  std::string receive();
  std::string ask(std::string_view request) {
    send(request);
    return receive();
  }

  // What comes until the server closes (then `closed` is set) or is quiet for so long.
  std::string receive_until_quiet(int quiet_ms, bool& closed);

 private:
  int socket_;
};

// Listens on a free port of 127.0.0.1, keeps nothing, and is ended by its process id.
class real_redis {
 public:
  explicit real_redis(const std::vector<std::string>& options = {});
  ~real_redis();
  real_redis(const real_redis&) = delete;
  real_redis& operator=(const real_redis&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
};

// A reply taken apart.
struct reply_value {
  char type = 0;
  std::string text;                   // of + - : $; "" for null
  std::vector<reply_value> elements;  // of *

  std::int64_t number() const;
};

reply_value decode(std::string_view reply);

}  // namespace dovetail::redis
