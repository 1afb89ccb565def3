// One direction of a connection: what one end has written and the other has not read yet.
//
//     bytes_  | forgotten | read part of a message |          pending          |
//             0         start_                   read_                       size
//
// Bytes stay until the message that they belong to is read whole, so that the network knows where
// in its messages a stream is cut.

#pragma once

#include <cstddef>
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

  // The last `size` bytes that were written were not taken after all.
  void take_back(std::size_t size) { bytes_.resize(bytes_.size() - size); }

  // The first `size` pending bytes were read.
  void read(std::size_t size, message_size of);

  // Everything pending beyond the first `kept` bytes is lost on the way.
  void lose(std::size_t kept) { bytes_.resize(read_ + kept); }

  // How many of the last `last` pending bytes lie before the next cut: the middle (where `halves`)
  // or the end of the message that the first of them belongs to. All of them when that cannot be
  // seen.
  std::size_t to_next_cut(std::size_t last, message_size of, bool halves) const;

  struct run_of_messages {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };

  // How many pending bytes reach to the end of `count` messages, and of how many, if fewer are
  // there whole. The first may have been read in part.
  run_of_messages first(std::size_t count, message_size of) const;

  // The read part of a message whose rest is still to come.
  std::string_view begun() const { return std::string_view(bytes_).substr(start_, read_ - start_); }

  bool finished = false;  // an end of stream follows the bytes

 private:
  std::string bytes_;
  std::size_t start_ = 0;
  std::size_t read_ = 0;
};

}  // namespace dovetail::sim
