// Unix sockets that several loops of one process accept from: the kernel shares a TCP port among
// listeners, but not a path.

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "asio/unix_file.h"

namespace dovetail {

// Used from any thread. Outlives the loops that use it.
class unix_share {
 public:
  // A socket that listens and the file it is found by. Both go when nobody holds them any more.
  class door {
   public:
    // Takes a descriptor over.
    door(int descriptor, std::unique_ptr<unix_file> file);
    ~door();
    door(const door&) = delete;
    door& operator=(const door&) = delete;

    int descriptor() const { return descriptor_; }

   private:
    const int descriptor_;
    const std::unique_ptr<unix_file> file_;
  };

  // Who listens at the path; null when nobody does.
  std::shared_ptr<door> find(const std::string& path);

  // From here on find() gives this one, for as long as somebody holds it.
  void add(const std::string& path, const std::shared_ptr<door>& opened);

 private:
  std::mutex doors_lock_;
  std::map<std::string, std::weak_ptr<door>> doors_;
};

}  // namespace dovetail
