// Counted storage for bytes, from a pool and back to it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace dovetail {

class block_pool;

// Header and bytes lie in one allocation. Counts are plain integers: a block never leaves its
// thread.
class block {
 public:
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  std::size_t capacity() const { return capacity_; }

 private:
  friend class block_pool;
  friend class block_ref;

  block(block_pool& home, std::size_t capacity) : home_(&home), capacity_(capacity) {}

  block_pool* home_;
  block* next_ = nullptr;  // in the pool's list of free ones
  std::size_t capacity_;
  std::uint32_t references_ = 0;
};

// Keeps a block; the last one to let go gives it back to its pool.
class block_ref {
 public:
  block_ref() = default;
  explicit block_ref(block* to) : to_(to) {
    if (to_ != nullptr) ++to_->references_;
  }
  block_ref(const block_ref& other) : block_ref(other.to_) {}
  block_ref(block_ref&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
  block_ref& operator=(block_ref other) noexcept {
    std::swap(to_, other.to_);
    return *this;
  }
  ~block_ref();

  block* operator->() const { return to_; }
  block* get() const { return to_; }
  explicit operator bool() const { return to_ != nullptr; }

  // Nobody else keeps this block: its bytes may be moved.
  bool sole() const { return to_ != nullptr && to_->references_ == 1; }

 private:
  static void give_back(block& freed);

  block* to_ = nullptr;
};

// Hands out blocks of one size, and larger ones for messages that announced their length. Freed
// blocks, also larger ones up to 128 times, are kept for reuse to a bounded amount of all together;
// beyond it memory goes back to the system. Must outlive its blocks. One per worker.
class block_pool {
 public:
  // Bytes that a block takes beyond its capacity, for its header and at most the allocator's.
  static constexpr std::size_t overhead = 64;

  static constexpr std::size_t default_block_size = 16384 - overhead;  // four pages

  explicit block_pool(std::size_t block_size = default_block_size);
  ~block_pool();
  block_pool(const block_pool&) = delete;
  block_pool& operator=(const block_pool&) = delete;

  // A block of at least `capacity` bytes, uninitialised, and never smaller than block_size().
  block_ref get(std::size_t capacity = 0);

  std::size_t block_size() const { return block_size_; }

  // Blocks handed out and not yet back.
  std::size_t in_use() const { return in_use_; }

  // Allocations made from the system so far: constant in a steady state.
  std::uint64_t allocations() const { return allocations_; }

  // Bytes kept for reuse.
  std::size_t kept_bytes() const { return kept_bytes_; }

  // Gives the system what was kept and not used since the last time: call it now and then, and
  // blocks that a busy hour has left do not stay for good.
  void trim();

  // Bytes taken from the system and not given back: in use, or kept for reuse.
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  friend class block_ref;

  static constexpr std::size_t classes = 8;  // block_size << 0 … 7: more than a megabyte
  static constexpr std::size_t kept_bytes_max = 16U << 20;

  struct free_list {
    block* first = nullptr;
    std::size_t length = 0;
    std::size_t unused = 0;  // the least length since the last trim()
  };

  std::size_t class_of(std::size_t capacity) const;
  void put(block* freed);
  block* take(free_list& from);

  std::size_t block_size_;
  std::array<free_list, classes> free_{};
  std::size_t in_use_ = 0;
  std::size_t held_bytes_ = 0;
  std::size_t kept_bytes_ = 0;
  std::uint64_t allocations_ = 0;
};

inline block_ref::~block_ref() {
  if (to_ != nullptr && --to_->references_ == 0) give_back(*to_);
}

}  // namespace dovetail
