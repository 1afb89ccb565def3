// Bytes in the order they came, readable in one piece.

#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace dovetail {

// For many short entries whose lengths are kept elsewhere. Storage is kept when drained, and moved
// down when it is full and at least half of it is behind the front, so that each byte moves once on
// average.
class byte_queue {
 public:
  void push(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }

  // Puts `size` bytes in line, which are for the caller to write before anything else.
  char* extend(std::size_t size) {
    if (storage_.size() - end_ < size) make_room(size);
    char* const from = storage_.data() + end_;
    end_ += size;
    return from;
  }

  // The first `size` bytes, valid until the next push.
  std::string_view front(std::size_t size) const {
    DOVETAIL_CHECK(size <= this->size());
    return {storage_.data() + first_, size};
  }

  void drop(std::size_t size) {
    DOVETAIL_CHECK(size <= this->size());
    first_ += size;
    if (first_ == end_) first_ = end_ = 0;
  }

  // Gives the storage back when nothing is queued, unless it is of few bytes.
  void shrink() {
    if (size() == 0 && storage_.size() > kept_max) storage_ = std::vector<char>();
  }

  std::size_t size() const { return end_ - first_; }

 private:
  static constexpr std::size_t kept_max = 4096;

  void make_room(std::size_t size) {
    if (first_ * 2 >= end_ && first_ > 0) {
      std::memmove(storage_.data(), storage_.data() + first_, this->size());
      end_ -= first_;
      first_ = 0;
    }
    if (storage_.size() - end_ < size) storage_.resize((end_ + size) * 2);
  }

  std::vector<char> storage_;
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

}  // namespace dovetail
