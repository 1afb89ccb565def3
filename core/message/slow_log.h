// The requests that took long, as redis keeps its own (slowlog.c): the newest so many, each with
// the beginning of its arguments.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
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
// the next. Of all workers together: used from any thread.
class slow_log {
 public:
  explicit slow_log(std::size_t entries_max) : entries_max_(entries_max) {}

  // As the newest, with an id of the log's. There must be room for one at all.
  void add(const slow_request& what);
  void reset();

  std::size_t entries_max() const { return entries_max_; }
  std::size_t size() const;

  // At most `count`, from the newest on.
  std::vector<slow_request> newest(std::size_t count) const;

 private:
  const std::size_t entries_max_;
  mutable std::mutex ring_lock_;
  std::vector<slow_request> ring_;
  std::size_t next_ = 0;  // where the next one goes
  std::size_t size_ = 0;
  std::int64_t ids_ = 0;
};

// The logs of all pools, by name: what makes every worker's pool of one name use the same one. Used
// from any thread.
class slow_logs {
 public:
  // The one that somebody has, if it is as long; else a new one.
  std::shared_ptr<slow_log> of(const std::string& pool, std::size_t entries_max);

 private:
  std::mutex logs_lock_;
  std::map<std::string, std::weak_ptr<slow_log>> logs_;
};

}  // namespace dovetail
