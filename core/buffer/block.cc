#include "buffer/block.h"

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

#include "base/check.h"

namespace dovetail {

static_assert(sizeof(block) + 3 * sizeof(std::size_t) <= block_pool::overhead);

block_pool::block_pool(std::size_t block_size) : block_size_(block_size) {
  DOVETAIL_CHECK(block_size > 0);
}

block_pool::~block_pool() {
  DOVETAIL_CHECK(in_use_ == 0);
  for (free_list& list : free_) {
    while (list.first != nullptr) {
      block* const freed = std::exchange(list.first, list.first->next_);
      ::operator delete(freed);
    }
  }
}

// The smallest class whose blocks have `capacity` bytes; `classes` when none has.
std::size_t block_pool::class_of(std::size_t capacity) const {
  std::size_t at = 0;
  while (at < classes && (block_size_ << at) < capacity)
    ++at;
  return at;
}

block_ref block_pool::get(std::size_t capacity) {
  const std::size_t at = class_of(capacity);
  ++in_use_;
  if (at < classes && free_[at].first != nullptr) {
    return block_ref(take(free_[at]));
  }
  const std::size_t size = at < classes ? block_size_ << at : capacity;
  ++allocations_;
  held_bytes_ += size;
  return block_ref(new (::operator new(sizeof(block) + size)) block(*this, size));
}

block* block_pool::take(free_list& from) {
  block* const taken = from.first;
  from.first = std::exchange(taken->next_, nullptr);
  --from.length;
  from.unused = std::min(from.unused, from.length);
  kept_bytes_ -= taken->capacity();
  return taken;
}

void block_pool::trim() {
  for (free_list& list : free_) {
    for (std::size_t left = list.unused; left > 0; --left) {
      block* const freed = take(list);
      held_bytes_ -= freed->capacity();
      ::operator delete(freed);
    }
    list.unused = list.length;
  }
}

void block_ref::give_back(block& freed) {
  freed.home_->put(&freed);
}

void block_pool::put(block* freed) {
  DOVETAIL_CHECK(in_use_ > 0);
  --in_use_;
  const std::size_t size = freed->capacity();
  const std::size_t at = class_of(size);
  if (at < classes && kept_bytes_ + size <= kept_bytes_max) {
    freed->next_ = std::exchange(free_[at].first, freed);
    ++free_[at].length;
    kept_bytes_ += size;
  } else {
    held_bytes_ -= size;
    ::operator delete(freed);
  }
}

}  // namespace dovetail
