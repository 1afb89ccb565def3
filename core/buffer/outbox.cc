#include "buffer/outbox.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "base/check.h"

namespace dovetail {

void outbox::append(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (!tail_ || tail_filled_ == tail_->capacity()) {
      tail_ = pool_->get();
      tail_filled_ = 0;
    }
    const std::size_t taken = std::min(bytes.size(), tail_->capacity() - tail_filled_);
    std::memcpy(tail_->data() + tail_filled_, bytes.data(), taken);
    if (!pieces_.empty() && pieces_.back().ends_at(tail_, tail_filled_)) {
      pieces_.back().extend(taken);
    } else {
      pieces_.push(slice(tail_, tail_filled_, taken));
    }
    tail_filled_ += taken;
    bytes.remove_prefix(taken);
  }
}

void outbox::append(const slice& bytes) {
  if (!bytes.worth_sharing()) return append(bytes.view());
  pieces_.push(bytes);
  size_ += bytes.size();
}

std::size_t outbox::gather(std::span<std::span<const std::byte>> into) const {
  const std::size_t count = std::min(into.size(), pieces_.size());
  for (std::size_t at = 0; at < count; ++at) {
    into[at] = std::as_bytes(std::span(pieces_[at].view()));
  }
  return count;
}

void outbox::drop(std::size_t size) {
  DOVETAIL_CHECK(size <= size_);
  size_ -= size;
  while (size > 0) {
    slice& first = pieces_.front();
    const std::size_t dropped = std::min(size, first.size());
    first.drop_front(dropped);
    size -= dropped;
    if (first.empty()) pieces_.pop();
  }
  if (size_ == 0) tail_ = block_ref();
}

void outbox::move(std::size_t size, outbox& to) {
  DOVETAIL_CHECK(size <= size_);
  while (size > 0) {
    const slice first = pieces_.front().sub(0, std::min(size, pieces_.front().size()));
    to.append(first);
    drop(first.size());
    size -= first.size();
  }
}

void outbox::clear() {
  pieces_.clear();
  tail_ = block_ref();
  size_ = 0;
}

}  // namespace dovetail
