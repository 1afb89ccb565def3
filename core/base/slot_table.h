// Objects that others name by token: a vector of slots whose tenants carry a generation.

#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/token.h"

namespace dovetail {

// Owns its objects. Addresses are stable; slots are taken again, most recently freed first, each
// time with the next generation, so that a token never names a later tenant of its slot.
// Iteration goes in slot order and is the same for the same history.
template <class T>
class slot_table {
 public:
  // Takes a slot for `object` and returns its name.
  token insert(std::unique_ptr<T> object) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot].object = std::move(object);
    return {slot, slots_[slot].generation};
  }

  // The object, or null when it is gone.
  T* find(token name) const {
    if (name.slot >= slots_.size()) return nullptr;
    const entry& at = slots_[name.slot];
    return at.generation == name.generation ? at.object.get() : nullptr;
  }

  // Gives the object back; from here on its token names nothing.
  std::unique_ptr<T> erase(token name) {
    DOVETAIL_CHECK(find(name) != nullptr);
    entry& at = slots_[name.slot];
    if (++at.generation == 0) at.generation = 1;
    free_.push_back(name.slot);
    return std::move(at.object);
  }

  // Objects present.
  std::size_t size() const { return slots_.size() - free_.size(); }

  // Calls visit(token, T&) for each object, in slot order. The visitor may erase what it is shown,
  // and add others, which are visited or not.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].object) visit(token{slot, slots_[slot].generation}, *slots_[slot].object);
    }
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
      const entry& at = slots_[slot];
      if (at.object) visit(token{slot, at.generation}, std::as_const(*at.object));
    }
  }

 private:
  struct entry {
    std::unique_ptr<T> object;
    std::uint32_t generation = 1;
  };

  std::vector<entry> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace dovetail
