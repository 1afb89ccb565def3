// What waits to be written to a socket: small messages copied one behind the other, large ones
// shared. (An iovec costs more than copying 4 KB; from 16 KB on copying loses.)

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/ring.h"
#include "buffer/block.h"
#include "buffer/slice.h"

namespace dovetail {

// Holds no block while empty.
class outbox {
 public:
  explicit outbox(block_pool& pool) : pool_(&pool) {}

  // Copies.
  void append(std::string_view bytes);

  // Copies, or shares where that is worth it.
  void append(const slice& bytes);

  // The first pieces, as many as fit; returns how many. Valid until the next append or drop.
  std::size_t gather(std::span<std::span<const std::byte>> into) const;

  // The first `size` bytes were written.
  void drop(std::size_t size);

  // Moves the first `size` bytes to the end of `to`.
  void move(std::size_t size, outbox& to);

  void clear();

  std::size_t size() const { return size_; }
  std::size_t pieces() const { return pieces_.size(); }
  bool empty() const { return size_ == 0; }

 private:
  block_pool* pool_;
  ring<slice> pieces_;
  block_ref tail_;               // the block that is being filled
  std::size_t tail_filled_ = 0;  // its bytes in use
  std::size_t size_ = 0;         // sum over pieces_
};

}  // namespace dovetail
