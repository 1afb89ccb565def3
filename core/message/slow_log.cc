#include "message/slow_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "buffer/byte_queue.h"
#include "message/request.h"

namespace dovetail {
namespace {

constexpr std::size_t arguments_max = 32;
constexpr std::size_t argument_bytes_max = 128;

// No allocation once the queue has grown: the texts are put together there.
class note_writer {
 public:
  explicit note_writer(byte_queue& to) : to_(to) {}

  void add(std::string_view argument) {
    const std::size_t kept = std::min(argument.size(), argument_bytes_max);
    if (kept == argument.size()) {
      argument.copy(begin(kept), kept);
      return;
    }
    const decimal more = decimal::of(argument.size() - kept);
    write({argument.substr(0, kept), "... (", more.text(), " more bytes)"});
  }

  void add_rest(std::size_t count) {
    const decimal more = decimal::of(count);
    write({"... (", more.text(), " more arguments)"});
  }

  std::uint32_t size() const { return size_; }

 private:
  void write(std::initializer_list<std::string_view> pieces) {
    std::size_t size = 0;
    for (const std::string_view each : pieces)
      size += each.size();
    char* at = begin(size);
    for (const std::string_view each : pieces)
      at += each.copy(at, each.size());
  }

  // Where the text goes, behind its length.
  char* begin(std::size_t size) {
    char* const at = to_.extend(2 + size);
    at[0] = static_cast<char>(size >> 8);
    at[1] = static_cast<char>(size & 0xff);
    size_ += static_cast<std::uint32_t>(2 + size);
    return at + 2;
  }

  byte_queue& to_;
  std::uint32_t size_ = 0;
};

// The first `count` of what argument(at) says, or one less and a word on how many more there are.
template <class Argument>
std::uint32_t note(std::size_t count, Argument argument, byte_queue& notes) {
  note_writer writer(notes);
  const std::size_t kept = count > arguments_max ? arguments_max - 1 : count;
  for (std::size_t at = 0; at < kept; ++at)
    writer.add(argument(at));
  if (kept < count) writer.add_rest(count - kept);
  return writer.size();
}

}  // namespace

std::uint32_t note_arguments(const request& asked, byte_queue& notes) {
  return note(asked.arguments.size(), [&](std::size_t at) { return asked.argument(at); }, notes);
}

std::uint32_t note_arguments(const request& asked,
                             std::span<const std::uint32_t> keys,
                             byte_queue& notes) {
  const auto argument = [&](std::size_t at) {
    return at == 0 ? asked.argument(0) : asked.text(asked.keys[keys[at - 1]]);
  };
  return note(1 + keys.size(), argument, notes);
}

void slow_log::add(const slow_request& what) {
  DOVETAIL_CHECK(entries_max_ > 0);
  const std::scoped_lock lock(ring_lock_);
  if (next_ == ring_.size() && ring_.size() < entries_max_) ring_.emplace_back();
  slow_request& newest = ring_[next_];
  next_ = (next_ + 1) % entries_max_;
  size_ = std::min(size_ + 1, entries_max_);
  newest = what;
  newest.id = ids_++;
}

void slow_log::reset() {
  const std::scoped_lock lock(ring_lock_);
  size_ = 0;
}

std::size_t slow_log::size() const {
  const std::scoped_lock lock(ring_lock_);
  return size_;
}

std::vector<slow_request> slow_log::newest(std::size_t count) const {
  const std::scoped_lock lock(ring_lock_);
  std::vector<slow_request> found;
  found.reserve(std::min(count, size_));
  for (std::size_t at = 0; at < std::min(count, size_); ++at)
    found.push_back(ring_[(next_ + entries_max_ - 1 - at) % entries_max_]);
  return found;
}

std::shared_ptr<slow_log> slow_logs::of(const std::string& pool, std::size_t entries_max) {
  const std::scoped_lock lock(logs_lock_);
  std::weak_ptr<slow_log>& known = logs_[pool];
  auto log = known.lock();
  if (log == nullptr || log->entries_max() != entries_max) {
    log = std::make_shared<slow_log>(entries_max);
    known = log;
  }
  return log;
}

}  // namespace dovetail
