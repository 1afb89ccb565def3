// The requests that took long, as redis keeps its own (slowlog.c): the newest so many, each with
// the beginning of its arguments.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/byte_queue.h"
#include "message/request.h"

namespace dovetail {

// What is kept of a request until its response has come: at most 32 arguments, of each at most 128
// bytes, and how much more there was (SLOWLOG_ENTRY_MAX_ARGC, SLOWLOG_ENTRY_MAX_STRING).
//
// Appends it to `notes`; returns its size in bytes. With `keys`, indices into asked.keys, only
// these are noted behind the command's name.
std::uint32_t note_arguments(const request& asked, byte_queue& notes);
std::uint32_t note_arguments(const request& asked,
                             std::span<const std::uint32_t> keys,
                             byte_queue& notes);

// Calls visit(text) for each argument of a note.
template <class Visit>
void for_each_argument(std::string_view note, Visit visit) {
  while (note.size() >= 2) {
    const auto high = static_cast<unsigned char>(note[0]);
    const auto low = static_cast<unsigned char>(note[1]);
    const std::size_t size = std::size_t{high} << 8 | low;
    visit(note.substr(2, size));
    note.remove_prefix(2 + size);
  }
}

struct slow_request {
  std::int64_t id = 0;  // in the order of their coming, from 0; goes on after a reset
  std::int64_t unix_time_s = 0;
  std::int64_t took_us = 0;
  std::string note;
  std::string client;  // its address; empty when it had left
  std::string client_name;
};

// A ring: where there are as many as there may be, the oldest gives its place, and its memory, to
// the next.
class slow_log {
 public:
  explicit slow_log(std::size_t entries_max) : entries_max_(entries_max) {}

  // The place of the newest, with its id; the rest is the caller's to fill in. There must be room
  // for one at all.
  slow_request& add();
  void reset() { size_ = 0; }

  bool keeps_any() const { return entries_max_ > 0; }
  std::size_t size() const { return size_; }

  // From the newest on.
  const slow_request& operator[](std::size_t at) const;

 private:
  std::size_t entries_max_;
  std::vector<slow_request> ring_;
  std::size_t next_ = 0;  // where the next one goes
  std::size_t size_ = 0;
  std::int64_t ids_ = 0;
};

}  // namespace dovetail
