// For tests: a memcached of the system, on a unix socket in a directory of its own.

#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

namespace dovetail::memcache::test {

// Runs from construction to destruction.
class real_memcached {
 public:
  real_memcached();
  ~real_memcached();
  real_memcached(const real_memcached&) = delete;
  real_memcached& operator=(const real_memcached&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string directory_;
  std::string path_;
  pid_t process_ = -1;
};

// A blocking connection to it. Waits for at most two seconds.
class real_connection {
 public:
  explicit real_connection(const real_memcached& to);
  ~real_connection();
  real_connection(const real_connection&) = delete;
  real_connection& operator=(const real_connection&) = delete;

  bool is_open() const { return socket_ >= 0; }
  void send(std::string_view bytes);

  // What has come, at least a byte; nothing when the server has closed or is silent.
  std::string receive();

  // Says that nothing more will be sent, and returns all that comes until the server closes.
  std::string receive_all();

 private:
  int socket_ = -1;
};

}  // namespace dovetail::memcache::test
