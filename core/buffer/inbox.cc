#include "buffer/inbox.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "base/check.h"

namespace dovetail {
namespace {

// A length is only a promise: room grows to a megabyte, with what stands around a value of that
// size, or to four times what has come, so that a peer pays with bytes for the memory it makes us
// take.
constexpr std::size_t trusted_bytes = (1U << 20) + (4U << 10);

}  // namespace

std::span<std::byte> inbox::room() {
  const std::size_t least = pool_->block_size() / 8;
  if (!at_) {
    at_ = pool_->get();
    first_ = end_ = 0;
  }
  const std::size_t smallest = size() + std::max<std::size_t>(least, 1);
  const std::size_t needed = std::max(smallest, std::min(expected_, trusted_bytes));
  if (first_ + needed > at_->capacity()) {
    if (at_.sole() && needed <= at_->capacity()) {
      std::memmove(at_->data(), at_->data() + first_, size());
      end_ -= std::exchange(first_, 0);
    } else {
      const std::size_t wanted = std::max(needed, std::min(expected_, size() * 4));
      move_to_new_block(wanted > pool_->block_size() ? std::max(wanted, size() * 2) : wanted);
    }
  }
  return std::as_writable_bytes(std::span(at_->data() + end_, at_->capacity() - end_));
}

void inbox::move_to_new_block(std::size_t capacity) {
  block_ref next = pool_->get(capacity);
  std::memcpy(next->data(), at_->data() + first_, size());
  at_ = std::move(next);
  end_ -= std::exchange(first_, 0);
}

void inbox::fill(std::size_t size) {
  DOVETAIL_CHECK(at_ && end_ + size <= at_->capacity());
  end_ += size;
}

void inbox::release_if_empty() {
  if (empty()) at_ = block_ref();
}

void inbox::consume(std::size_t size) {
  DOVETAIL_CHECK(size <= this->size());
  first_ += size;
  expected_ = 0;
  release_if_empty();
}

}  // namespace dovetail
