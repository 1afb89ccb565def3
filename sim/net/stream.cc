#include "sim/net/stream.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

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

std::size_t stream::cut_after(std::string_view bytes,
                              std::size_t from,
                              message_size of,
                              bool halves) {
  std::size_t start = 0;
  while (of != nullptr) {
    const std::size_t size = of(bytes.substr(start));
    if (size == 0) break;
    const std::size_t middle = start + size / 2;
    if (halves && middle > from) return middle - from;
    if (start + size > from) return start + size - from;
    start += size;
  }
  return bytes.size() - from;
}

std::size_t stream::to_next_cut(std::string_view next, message_size of, bool halves) const {
  if (of == nullptr) return next.size();
  std::string all = bytes_.substr(start_);
  const std::size_t from = all.size();
  all.append(next);
  return std::min(cut_after(all, from, of, halves), next.size());
}

}  // namespace dovetail::sim
