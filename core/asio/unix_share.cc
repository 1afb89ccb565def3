#include "asio/unix_share.h"

#include <memory>
#include <mutex>
#include <string>
#include <unistd.h>
#include <utility>

#include "asio/unix_file.h"

namespace dovetail {

unix_share::door::door(int descriptor, std::unique_ptr<unix_file> file)
    : descriptor_(descriptor), file_(std::move(file)) {}

unix_share::door::~door() {
  ::close(descriptor_);
}

std::shared_ptr<unix_share::door> unix_share::find(const std::string& path) {
  const std::scoped_lock lock(doors_lock_);
  const auto known = doors_.find(path);
  return known == doors_.end() ? nullptr : known->second.lock();
}

void unix_share::add(const std::string& path, const std::shared_ptr<door>& opened) {
  const std::scoped_lock lock(doors_lock_);
  doors_[path] = opened;
}

}  // namespace dovetail
