#include "sim/net/stream.h"

#include <cstddef>
#include <string_view>

#include "sim/net/framing.h"

namespace dovetail::sim {
namespace {

// Of a message that does not end: its start is no longer of interest.
constexpr std::size_t begun_bytes_max = 4096;

}  // namespace

void stream::read(std::size_t size, message_size of) {
  read_ += size;
  while (of != nullptr && start_ < read_) {
    const std::size_t first = of(std::string_view(bytes_).substr(start_));
    if (first == 0 || start_ + first > read_) break;
    start_ += first;
  }
  if (of == nullptr || read_ - start_ > begun_bytes_max) start_ = read_;
  if (start_ * 2 < bytes_.size()) return;
  bytes_.erase(0, start_);
  read_ -= start_;
  start_ = 0;
}

stream::run_of_messages stream::first(std::size_t count, message_size of) const {
  const std::string_view bytes = std::string_view(bytes_).substr(start_);
  run_of_messages found;
  std::size_t end = 0;
  while (of != nullptr && found.count < count) {
    const std::size_t size = of(bytes.substr(end));
    if (size == 0) break;
    end += size;
    ++found.count;
  }
  if (found.count > 0) found.bytes = end - (read_ - start_);
  return found;
}

std::size_t stream::to_next_cut(std::size_t last, message_size of, bool halves) const {
  const std::string_view bytes = std::string_view(bytes_).substr(start_);
  const std::size_t from = bytes.size() - last;
  std::size_t start = 0;
  while (of != nullptr) {
    const std::size_t size = of(bytes.substr(start));
    if (size == 0) break;
    const std::size_t middle = start + size / 2;
    if (halves && middle > from) return middle - from;
    if (start + size > from) return start + size - from;
    start += size;
  }
  return last;
}

}  // namespace dovetail::sim
