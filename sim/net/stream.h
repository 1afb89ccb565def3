// One direction of a connection: what one end has written and the other has not read yet.
//
//     bytes_  | forgotten | read part of a message |          pending          |
//             0         start_                   read_                       size
//
// Bytes stay until the message that they belong to is read whole, so that the network knows where
// in its messages a stream is cut.

#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "sim/net/framing.h"

namespace dovetail::sim {

class stream {
 public:
  std::string_view pending() const { return std::string_view(bytes_).substr(read_); }
  std::size_t size() const { return bytes_.size() - read_; }
  bool empty() const { return size() == 0; }

  void write(std::string_view bytes) { bytes_.append(bytes); }

  // The first `size` pending bytes were read.
  void read(std::size_t size, message_size of);

  // Everything pending beyond the first `kept` bytes is lost on the way.
  void lose(std::size_t kept) { bytes_.resize(read_ + kept); }

  // How many of the pending bytes lie before the next cut: the middle (where `halves`) or the end
  // of the message that is being read. All of them when that cannot be seen.
  std::size_t to_next_cut(message_size of, bool halves) const {
    return cut_after(std::string_view(bytes_).substr(start_), read_ - start_, of, halves);
  }

  // The same for `next`, which is about to be written behind all that is pending.
  std::size_t to_next_cut(std::string_view next, message_size of, bool halves) const;

  // The read part of a message whose rest is still to come.
  std::string_view begun() const { return std::string_view(bytes_).substr(start_, read_ - start_); }

  bool finished = false;  // an end of stream follows the bytes

 private:
  static std::size_t cut_after(std::string_view bytes,
                               std::size_t from,
                               message_size of,
                               bool halves);

  std::string bytes_;
  std::size_t start_ = 0;
  std::size_t read_ = 0;
};

}  // namespace dovetail::sim
