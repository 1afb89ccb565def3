// A queue whose storage is kept: no allocation once it has grown to what its user needs.

#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"

namespace dovetail {

// First in, first out, indexed from the front. Elements must be default-constructible; a popped
// element that can hold anything is reset to T{}, so that it lets go of it. Grows by doubling;
// references are valid until the next push.
template <class T>
class ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  T& operator[](std::size_t at) { return items_[(first_ + at) & (items_.size() - 1)]; }
  const T& operator[](std::size_t at) const { return items_[(first_ + at) & (items_.size() - 1)]; }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  T& push(T item) {
    if (size_ == items_.size()) grow();
    ++size_;
    back() = std::move(item);
    return back();
  }

  T pop() {
    DOVETAIL_CHECK(size_ > 0);
    T item = std::move(front());
    if constexpr (!std::is_trivially_copyable_v<T>) front() = T{};
    first_ = (first_ + 1) & (items_.size() - 1);
    --size_;
    return item;
  }

  void clear() {
    while (!empty())
      pop();
  }

  // Gives the storage back when nothing is queued, unless it is of few elements: who queues so many
  // at a time needs it again.
  void shrink() {
    if (empty() && items_.size() > kept_max) items_ = std::vector<T>();
  }

 private:
  static constexpr std::size_t kept_max = 64;

  void grow() {
    std::vector<T> wider(items_.empty() ? 8 : items_.size() * 2);
    for (std::size_t at = 0; at < size_; ++at)
      wider[at] = std::move((*this)[at]);
    items_ = std::move(wider);
    first_ = 0;
  }

  std::vector<T> items_;  // its size is zero or a power of two
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace dovetail
