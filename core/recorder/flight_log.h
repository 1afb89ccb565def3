// Entries, one behind the other, in memory that does not grow beyond what it was given.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "recorder/entry.h"

namespace dovetail {

// Written by one thread. An entry is its kind, then what the kind has, numbers in groups of seven
// bits (LEB128). It is never divided between two chunks.
class flight_log {
 public:
  // Of memory, in chunks of chunk_bytes; at least one of them. Taken as it is needed.
  explicit flight_log(std::size_t bytes_max);

  // Appends it, or, when there is no room any more, leaves it out with all that come later.
  void add(const entry& what);

  // An entry did not fit: the log ends before it.
  bool is_full() const { return full_; }

  std::size_t bytes() const { return bytes_; }
  std::uint64_t entries() const { return entries_; }

  // In order. What is in them is not changed any more, and stays as long as the log: another thread
  // may read it while this one adds more.
  std::vector<std::string_view> chunks() const;

  static constexpr std::size_t chunk_bytes = 1U << 20;

 private:
  struct chunk {
    std::unique_ptr<char[]> at;
    std::size_t size = 0;
    std::size_t capacity = 0;
  };

  char* room_for(std::size_t size);

  const std::size_t bytes_max_;
  std::vector<chunk> chunks_;
  std::size_t taken_ = 0;  // of memory
  std::size_t bytes_ = 0;  // of entries
  std::uint64_t entries_ = 0;
  bool full_ = false;
};

// Takes the entries of a chunk off its front.
class entry_reader {
 public:
  explicit entry_reader(std::string_view chunk) : rest_(chunk) {}

  // The next one; none at the end, and where the bytes are no entry.
  std::optional<entry> next();

  // All was read, so that none is the end.
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Of bytes that are written: the same for the same bytes, in whichever pieces. Not for secrets.
class byte_hash {
 public:
  void add(std::span<const std::byte> bytes);
  std::uint64_t value() const;

 private:
  void mix(std::uint64_t eight);

  std::uint64_t state_ = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t partial_ = 0;
  unsigned filled_ = 0;  // bytes of partial_
  std::uint64_t size_ = 0;
};

}  // namespace dovetail
