// What a socket has delivered and nobody has consumed yet, always in one piece.
//
//     block      |consumed|        unread        |     room     |
//                         first_                 end_
//
// When the room is used up, only the unfinished message is carried to the next block; a message
// that announced its length finds room for all of it there.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "buffer/block.h"
#include "buffer/slice.h"

namespace dovetail {

// Holds no block while empty.
class inbox {
 public:
  explicit inbox(block_pool& pool) : pool_(&pool) {}

  // Where the next read goes: at least an eighth of a block. Moves unread bytes if it must: views
  // of them end here, slices do not.
  std::span<std::byte> room();

  // `size` bytes were written to the front of room().
  void fill(std::size_t size);

  // The block goes back if nothing is unread: call when a read brought nothing.
  void release_if_empty();

  // All that is unread, valid until room() or consume().
  std::string_view unread() const {
    return end_ == first_ ? std::string_view()
                          : std::string_view(at_->data() + first_, end_ - first_);
  }

  // The first `size` unread bytes, kept beyond consume().
  slice front(std::size_t size) const { return {at_, first_, size}; }

  void consume(std::size_t size);

  // The message that starts at the first unread byte is `size` bytes long: the next room() has
  // space for it, as far as that is not far more than what has come of it already.
  void expect(std::size_t size) { expected_ = size; }

  // Where its blocks come from: for what a parser writes anew.
  block_pool& pool() const { return *pool_; }

  std::size_t size() const { return end_ - first_; }
  bool empty() const { return end_ == first_; }

 private:
  void move_to_new_block(std::size_t capacity);

  block_pool* pool_;
  block_ref at_;
  std::size_t first_ = 0;
  std::size_t end_ = 0;
  std::size_t expected_ = 0;
};

}  // namespace dovetail
