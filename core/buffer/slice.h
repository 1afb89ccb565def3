// Bytes that keep their block.

#pragma once

#include <cstddef>
#include <string_view>

#include "base/check.h"
#include "buffer/block.h"

namespace dovetail {

// A view that cannot dangle. Cheap to copy. Its price: a small slice keeps its whole block; where
// that could add up (outbox, packer), it is copied unless it is worth_sharing().
class slice {
 public:
  // Copying this much and sharing it cost about the same.
  static constexpr std::size_t shared_bytes_min = 8192;

  slice() = default;
  slice(block_ref from, std::size_t offset, std::size_t size)
      : from_(std::move(from)), offset_(offset), size_(size) {
    DOVETAIL_CHECK(from_ && offset_ + size_ <= from_->capacity());
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  std::string_view view() const {
    return size_ == 0 ? std::string_view() : std::string_view(from_->data() + offset_, size_);
  }

  // Large, and a good part of its block: what waits in slices keeps four times its bytes at most.
  bool worth_sharing() const { return size_ >= shared_bytes_min && size_ * 4 >= from_->capacity(); }

  // Part of this slice, keeping the same block.
  slice sub(std::size_t offset, std::size_t size) const {
    DOVETAIL_CHECK(offset + size <= size_);
    return size == 0 ? slice() : slice(from_, offset_ + offset, size);
  }

  void drop_front(std::size_t size) {
    DOVETAIL_CHECK(size <= size_);
    offset_ += size;
    size_ -= size;
  }

  // Makes the slice longer by bytes that were just written behind it in its own block.
  void extend(std::size_t size) {
    DOVETAIL_CHECK(from_ && offset_ + size_ + size <= from_->capacity());
    size_ += size;
  }

  // True when `next` is the byte behind this slice, in the same block.
  bool ends_at(const block_ref& in, std::size_t next) const {
    return from_.get() == in.get() && offset_ + size_ == next;
  }

 private:
  block_ref from_;
  std::size_t offset_ = 0;
  std::size_t size_ = 0;
};

}  // namespace dovetail
