// Room for one outstanding operation, so that waiting for readiness allocates nothing.

#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace dovetail {

// Asio gives an operation's memory back before it calls its handler: the next wait finds it free.
class op_memory {
 public:
  op_memory() = default;
  op_memory(const op_memory&) = delete;
  op_memory& operator=(const op_memory&) = delete;

  void* take(std::size_t size) {
    if (taken_ || size > room_.size()) return ::operator new(size);
    taken_ = true;
    return room_.data();
  }

  void give(void* from) {
    if (from == room_.data()) {
      taken_ = false;
    } else {
      ::operator delete(from);
    }
  }

 private:
  alignas(std::max_align_t) std::array<std::byte, 112> room_{};  // a wait of Asio 1.81 takes 104
  bool taken_ = false;
};

// What a handler answers when Asio asks for its allocator. The memory outlives the operation.
template <class T>
class op_allocator {
 public:
  using value_type = T;

  explicit op_allocator(op_memory& from) : from_(&from) {}
  template <class U>
  // NOLINTNEXTLINE(google-explicit-constructor): allocators are rebound by conversion
  op_allocator(const op_allocator<U>& other) : from_(other.from_) {}

  T* allocate(std::size_t n) { return static_cast<T*>(from_->take(n * sizeof(T))); }
  void deallocate(T* at, std::size_t) { from_->give(at); }

  template <class U>
  bool operator==(const op_allocator<U>& other) const {
    return from_ == other.from_;
  }

 private:
  template <class U>
  friend class op_allocator;

  op_memory* from_;
};

}  // namespace dovetail
