// A reply window writes replies in the order of their requests, each once and as soon as none
// before it is missing, whatever order they come in.

#include "proxy/reply_window.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "buffer/block.h"
#include "buffer/outbox.h"
#include "buffer/slice.h"
#include "message/split_request.h"
#include "proptests/generators.h"
#include "proptests/parsed.h"
#include "proptests/stateful.h"
#include "proxy/split_pool.h"

namespace dovetail::proptests {
namespace {

struct reply_model {
  std::string bytes;
  bool failed = false;
};

// A split request has several parts.
struct place_model {
  std::vector<std::optional<reply_model>> parts;

  bool settled() const {
    for (const auto& each : parts) {
      if (!each) return false;
    }
    return true;
  }
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& each : parts)
      sum += each ? each->bytes.size() : 0;
    return sum;
  }
  std::string reply() const {
    std::string joined;
    for (const auto& each : parts) {
      if (parts.size() > 1 && each->failed) return each->bytes;
      joined += each->bytes;
    }
    return joined;
  }
};

struct window_model {
  std::deque<place_model> places;
  std::uint32_t first = 0;
  std::string told;  // and not yet taken
};

struct window_subject {
  block_pool blocks{512};
  split_pool splits;
  outbox out{blocks};
  counter replied;
  reply_window window{blocks, out, splits, replied};
  std::string told;
};

using window_command = command<window_model, window_subject>;

void compare(const window_model& model, window_subject& subject) {
  const reply_window& window = subject.window;
  subject.told += drain(subject.out);
  RC_ASSERT(subject.told == model.told);
  RC_ASSERT(window.size() == model.places.size());
  RC_ASSERT(window.empty() == model.places.empty());
  RC_ASSERT(window.first() == model.first);
  RC_ASSERT(subject.replied.get() == model.first);
  std::size_t waiting = 0;
  std::vector<bool> settled;
  for (const place_model& each : model.places) {
    waiting += each.bytes();
    settled.push_back(each.settled());
  }
  RC_ASSERT(window.waiting_bytes() == waiting);
  std::vector<bool> seen;
  window.for_each([&](bool is, std::string_view, const split_request*) { seen.push_back(is); });
  RC_ASSERT(seen == settled);
  if (model.places.empty()) RC_ASSERT(subject.blocks.in_use() == 0U);
}

void join_parts(const split_request& from, outbox& to) {
  for (const auto& part : from.parts)
    to.append(part.reply);
}

class open : public window_command {
 public:
  explicit open(const window_model&) : parts_(one_in(2) ? 2 + below(3) : 1) {}

  void apply(window_model& model) const override {
    model.places.push_back({.parts = std::vector<std::optional<reply_model>>(parts_)});
  }
  void act(const window_model& before, window_subject& on) const override {
    std::unique_ptr<split_request> split;
    if (parts_ > 1) {
      split = on.splits.get();
      RC_ASSERT(split->parts.empty());
      RC_ASSERT(split->waiting + split->bytes == 0U);
      split->join = join_parts;
      split->parts.resize(parts_);
      split->waiting = parts_;
    }
    const auto next = static_cast<std::uint32_t>(before.first + before.places.size());
    RC_ASSERT(on.window.open(std::move(split)) == next);
  }
  std::string name() const override { return "open " + std::to_string(parts_); }

 private:
  std::size_t parts_;
};

class settle : public window_command {
 public:
  explicit settle(const window_model& model)
      : place_(below(model.places.size())),
        part_(model.places.empty() ? 0 : below(model.places[place_].parts.size())),
        reply_{.bytes = any_reply(), .failed = one_in(4)},
        is_slice_(one_in(2)) {}

  bool possible(const window_model& model) const override {
    return place_ < model.places.size() && part_ < model.places[place_].parts.size() &&
           !model.places[place_].parts[part_];
  }
  void apply(window_model& model) const override {
    model.places[place_].parts[part_] = reply_;
    while (!model.places.empty() && model.places.front().settled()) {
      model.told += model.places.front().reply();
      model.places.pop_front();
      ++model.first;
    }
  }
  void act(const window_model& before, window_subject& on) const override {
    const auto sequence = static_cast<std::uint32_t>(before.first + place_);
    const auto part = static_cast<std::uint32_t>(part_);
    const std::string_view bytes = reply_.bytes;
    if (!is_slice_) return on.window.settle(sequence, part, bytes, reply_.failed);
    const block_ref from = on.blocks.get(bytes.size());
    bytes.copy(from->data(), bytes.size());
    on.window.settle(sequence, part, slice(from, 0, bytes.size()), reply_.failed);
  }
  std::string name() const override {
    return "settle " + std::to_string(place_) + "." + std::to_string(part_) + " with " +
           std::to_string(reply_.bytes.size()) + (reply_.failed ? " failed" : "");
  }

 private:
  // Small, or so large that it is shared.
  static std::string any_reply() {
    const std::string word = any_word(8);
    return one_in(8) ? word + std::string(slice::shared_bytes_min, 'x') : word;
  }

  std::size_t place_;
  std::size_t part_;
  reply_model reply_;
  bool is_slice_;
};

RC_GTEST_PROP(reply_window,
              tells_replies_in_the_order_of_requests_whatever_order_they_come_in,
              ()) {
  window_subject subject;
  check_against<open, settle, settle, settle>(window_model(), subject);
}

}  // namespace
}  // namespace dovetail::proptests
