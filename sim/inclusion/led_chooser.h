// A chooser that is led by a journal: sizes are what it says, everything else is tried.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/net/choice.h"

namespace dovetail::sim::inclusion {

class led_chooser final : public chooser {
 public:
  // What a stream has kept when a reset has lost a part of it is one of `still_read`: so many bytes
  // each end is going to read.
  explicit led_chooser(const std::vector<std::size_t>& still_read) : still_read_(&still_read) {}

  // The next read or write moves so much; nothing: it would block.
  void expect(std::optional<std::size_t> size) {
    size_ = size;
    any_size_asked_ = false;
  }

  std::size_t pick(std::span<const happening> possible) override;
  std::uint32_t choose(std::uint32_t n, site about) override;

  // Among `count` things, none of which is duller than another.
  std::size_t try_each(std::size_t count);

  // Begins again, with what was tried the last time; after next() with something else.
  void begin() {
    at_ = 0;
    running_ = true;
  }

  // What is asked from here on is of no interest.
  void end() { running_ = false; }

  // Another combination. False when there is none.
  bool next();

 private:
  struct trial {
    std::size_t count = 1;
    std::size_t taken = 0;
  };

  std::uint32_t choose_size(std::uint32_t n);
  std::uint32_t choose_kept(std::uint32_t n);

  const std::vector<std::size_t>* still_read_;
  std::optional<std::size_t> size_;
  bool any_size_asked_ = false;
  std::vector<trial> trials_;
  std::size_t at_ = 0;
  bool running_ = false;
};

}  // namespace dovetail::sim::inclusion
