// Bytes in the order they came, readable in one piece.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/check.h"

namespace dovetail {

// For many short entries whose lengths are kept elsewhere. Storage is kept when drained, and moved
// down when at least half of it is behind the front, so that each byte moves once on average.
class byte_queue {
 public:
  void push(std::string_view bytes) {
    if (first_ > 0 && first_ * 2 >= bytes_.size()) {
      bytes_.erase(0, first_);
      first_ = 0;
    }
    bytes_.append(bytes);
  }

  // The first `size` bytes, valid until the next push.
  std::string_view front(std::size_t size) const {
    DOVETAIL_CHECK(size <= this->size());
    return std::string_view(bytes_).substr(first_, size);
  }

  void drop(std::size_t size) {
    DOVETAIL_CHECK(size <= this->size());
    first_ += size;
  }

  // Gives the storage back when nothing is queued, unless it is of few bytes.
  void shrink() {
    if (size() > 0 || bytes_.capacity() <= kept_max) return;
    bytes_ = std::string();
    first_ = 0;
  }

  std::size_t size() const { return bytes_.size() - first_; }

 private:
  static constexpr std::size_t kept_max = 4096;

  std::string bytes_;
  std::size_t first_ = 0;
};

}  // namespace dovetail
