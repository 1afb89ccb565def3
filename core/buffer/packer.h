// Keeps small slices without keeping their blocks.

#pragma once

#include <cstddef>
#include <string_view>

#include "buffer/block.h"
#include "buffer/slice.h"

namespace dovetail {

// Copies what is to be kept for a while one behind the other into a block of its own, so that many
// kept slices of ten bytes do not keep as many blocks. Large slices are shared.
class packer {
 public:
  explicit packer(block_pool& pool) : pool_(&pool) {}

  slice keep(std::string_view bytes);
  slice keep(const slice& bytes) { return bytes.worth_sharing() ? bytes : keep(bytes.view()); }

  // Lets go of the block that is being filled; what was kept is not touched.
  void rest() { at_ = block_ref(); }

 private:
  block_pool* pool_;
  block_ref at_;
  std::size_t filled_ = 0;
};

}  // namespace dovetail
