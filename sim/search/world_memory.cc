#include "sim/search/world_memory.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>

#include "base/check.h"
#include "base/sanitizer.h"

namespace dovetail::sim {
namespace {

// One reservation, of which pages that nobody touches cost nothing.
constexpr std::size_t stretches = 64;
constexpr std::size_t stretch_bytes = std::size_t{4} << 30;

std::byte* reserve() {
  if (is_sanitized) return nullptr;
  void* const all = ::mmap(nullptr, stretches * stretch_bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return all == MAP_FAILED ? nullptr : static_cast<std::byte*>(all);
}

constinit std::atomic<std::byte*> reserved = nullptr;
constinit std::atomic<std::uint64_t> taken = 0;  // a bit for each stretch
static_assert(stretches == 64);

// In front of each piece: in which list it goes when it is freed.
struct alignas(16) piece {
  std::size_t list;
};

struct free_piece {
  free_piece* next;
};

// Pieces of one size each: multiples of 16 up to a kilobyte, powers of two beyond.
constexpr std::size_t small_max = 1024;
constexpr std::size_t lists = small_max / 16 + 1 + 48;

// At the begin of a stretch, so that it is kept with it.
struct alignas(16) bookkeeping {
  std::size_t used;
  std::array<free_piece*, lists> free;
};

struct size_class {
  std::size_t list;
  std::size_t size;
};

size_class class_of(std::size_t size) {
  if (size <= small_max) {
    const std::size_t list = (size + 15) / 16;
    return {list, list * 16};
  }
  const auto log = static_cast<std::size_t>(std::bit_width(size - 1));
  return {small_max / 16 + log - 9, std::size_t{1} << log};
}

bookkeeping& books_of(std::byte* base) {
  return *reinterpret_cast<bookkeeping*>(base);
}

void* take(std::byte* base, std::size_t size) {
  bookkeeping& books = books_of(base);
  const size_class its = class_of(size + (size == 0 ? 1 : 0));
  if (free_piece* const again = books.free[its.list]; again != nullptr) {
    books.free[its.list] = again->next;
    return again;
  }
  DOVETAIL_CHECK(its.size + sizeof(piece) <= stretch_bytes - books.used);
  auto* const made = new (base + books.used) piece{its.list};
  books.used += sizeof(piece) + its.size;
  return made + 1;
}

void give_back(std::byte* base, void* what) {
  bookkeeping& books = books_of(base);
  const std::size_t list = (static_cast<piece*>(what) - 1)->list;
  books.free[list] = new (what) free_piece{books.free[list]};
}

// Null: the system.
constinit thread_local std::byte* in_use = nullptr;

[[maybe_unused]] void* allocate(std::size_t size) {
  if (in_use != nullptr) return take(in_use, size);
  void* const made = std::malloc(size == 0 ? 1 : size);
  if (made == nullptr) throw std::bad_alloc();
  return made;
}

[[maybe_unused]] void release(void* what) {
  std::byte* const all = reserved.load(std::memory_order_relaxed);
  const auto at = reinterpret_cast<std::uintptr_t>(what) - reinterpret_cast<std::uintptr_t>(all);
  if (all == nullptr || at >= stretches * stretch_bytes) return std::free(what);
  give_back(all + at / stretch_bytes * stretch_bytes, what);
}

}  // namespace

world_memory::world_memory() {
  std::byte* all = reserved.load();
  if (all == nullptr) {
    std::byte* const fresh = reserve();
    if (fresh == nullptr) return;
    if (reserved.compare_exchange_strong(all, fresh)) {
      all = fresh;
    } else {
      ::munmap(fresh, stretches * stretch_bytes);
    }
  }
  std::uint64_t before = taken.load();
  std::size_t mine = 0;
  do {
    mine = static_cast<std::size_t>(std::countr_one(before));
    if (mine == stretches) return;
  } while (!taken.compare_exchange_weak(before, before | std::uint64_t{1} << mine));
  base_ = all + mine * stretch_bytes;
  clear();
}

world_memory::~world_memory() {
  if (base_ == nullptr) return;
  const auto mine = static_cast<std::size_t>(base_ - reserved.load()) / stretch_bytes;
  taken.fetch_and(~(std::uint64_t{1} << mine));
}

world_memory::use::use(world_memory* from)
    : before_(std::exchange(in_use, from == nullptr ? nullptr : from->base_)) {}

world_memory::use::~use() {
  in_use = static_cast<std::byte*>(before_);
}

std::size_t world_memory::used() const {
  return books_of(base_).used;
}

void world_memory::clear() {
  new (base_) bookkeeping{.used = sizeof(bookkeeping), .free = {}};
}

void world_memory::keep(image& into) const {
  into.assign(base_, base_ + books_of(base_).used);
}

void world_memory::put_back(const image& from) {
  std::memcpy(base_, from.data(), from.size());
}

}  // namespace dovetail::sim

#ifndef DOVETAIL_SANITIZED

// The other forms of the standard library come down to these; objects that ask for a stricter
// alignment than any have their own, and are not for a world.
void* operator new(std::size_t size) {
  return dovetail::sim::allocate(size);
}
void operator delete(void* what) noexcept {
  dovetail::sim::release(what);
}
void operator delete(void* what, std::size_t) noexcept {
  dovetail::sim::release(what);
}

#endif
