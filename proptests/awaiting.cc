// What a server still owes is a plain queue: answered from its front, late from its front, written
// from its front.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/time.h"
#include "proptests/generators.h"
#include "proptests/stateful.h"
#include "proxy/pairing.h"

namespace dovetail::proptests {
namespace {

struct owed_model {
  std::uint32_t sequence;
  std::string echo;
  std::uint64_t end;  // of its bytes in all that was asked
  std::optional<instant> deadline;
  bool late = false;
  bool written = false;
};

struct awaiting_model {
  duration timeout;  // zero: none
  std::deque<owed_model> owed = {};
  std::uint32_t asked = 0;  // ever
  std::uint64_t asked_bytes = 0;
  std::uint64_t written_bytes = 0;
  instant now = instant(std::chrono::seconds(1));

  std::size_t late() const {
    std::size_t count = 0;
    for (const owed_model& each : owed)
      count += each.late ? 1U : 0U;
    return count;
  }
  std::size_t written() const {
    std::size_t count = 0;
    for (const owed_model& each : owed)
      count += each.written ? 1U : 0U;
    return count;
  }
};

using awaiting_command = command<awaiting_model, awaiting>;

void compare(const awaiting_model& model, awaiting& subject) {
  RC_ASSERT(subject.size() == model.owed.size());
  RC_ASSERT(subject.empty() == model.owed.empty());
  RC_ASSERT(subject.abandoned() == model.late());
  RC_ASSERT(subject.written() == model.written());
  for (std::size_t at = 0; at < model.owed.size(); ++at) {
    RC_ASSERT(subject[at].owner.sequence == model.owed[at].sequence);
    RC_ASSERT(subject[at].end() == model.owed[at].end);
  }
  const bool any_in_time = model.late() < model.owed.size();
  RC_ASSERT(subject.next_deadline() ==
            (any_in_time ? model.owed[model.late()].deadline : std::nullopt));
  if (model.owed.empty()) return;
  const owed_model& front = model.owed.front();
  RC_ASSERT(subject.front_echo() == front.echo);
  RC_ASSERT(subject.front_is_late() == front.late);
  RC_ASSERT(subject.front_is_written() == front.written);
  RC_ASSERT(subject.overdue_since() == (front.late ? front.deadline : std::nullopt));
}

class ask : public awaiting_command {
 public:
  explicit ask(const awaiting_model&)
      : size_(1 + below(50)), echo_(one_in(2) ? any_word(20) : "") {}

  void apply(awaiting_model& model) const override {
    model.asked_bytes += size_;
    model.owed.push_back({.sequence = model.asked++,
                          .echo = echo_,
                          .end = model.asked_bytes,
                          .deadline = deadline(model)});
  }
  void act(const awaiting_model& before, awaiting& on) const override {
    on.echoes().push(echo_);
    on.push({.owner = {.client = {}, .sequence = before.asked},
             .expected = {.echo_size = static_cast<std::uint32_t>(echo_.size())},
             .first_byte = before.asked_bytes,
             .size = size_,
             .deadline = deadline(before)});
  }
  std::string name() const override { return "ask " + std::to_string(size_); }

 private:
  static std::optional<instant> deadline(const awaiting_model& in) {
    if (in.timeout == duration::zero()) return std::nullopt;
    return in.now + in.timeout;
  }

  std::uint64_t size_;
  std::string echo_;
};

// The socket takes some bytes more.
class write : public awaiting_command {
 public:
  explicit write(const awaiting_model& model)
      : size_(below(static_cast<std::size_t>(model.asked_bytes - model.written_bytes) + 1)) {}

  bool possible(const awaiting_model& model) const override {
    return model.written_bytes + size_ <= model.asked_bytes;
  }
  void apply(awaiting_model& model) const override {
    model.written_bytes += size_;
    for (owed_model& each : model.owed)
      each.written = each.end <= model.written_bytes;
  }
  void act(const awaiting_model& before, awaiting& on) const override {
    std::vector<std::uint32_t> expected;
    for (const owed_model& each : before.owed) {
      if (!each.written && each.end <= before.written_bytes + size_) {
        expected.push_back(each.sequence);
      }
    }
    std::vector<std::uint32_t> moved;
    on.written_to(before.written_bytes + size_, {},
                  [&](const awaited& each) { moved.push_back(each.owner.sequence); });
    RC_ASSERT(moved == expected);
  }
  std::string name() const override { return "write " + std::to_string(size_); }

 private:
  std::size_t size_;
};

// A response has come for the front, or never will.
class pop : public awaiting_command {
 public:
  bool possible(const awaiting_model& model) const override { return !model.owed.empty(); }
  void apply(awaiting_model& model) const override { model.owed.pop_front(); }
  void act(const awaiting_model& before, awaiting& on) const override {
    RC_ASSERT(on.pop().owner.sequence == before.owed.front().sequence);
  }
  std::string name() const override { return "pop"; }
};

// Time goes on, and each of those that are late is told of once.
class pass : public awaiting_command {
 public:
  explicit pass(const awaiting_model&) : time_(static_cast<std::int64_t>(below(40))) {}

  void apply(awaiting_model& model) const override {
    model.now += time_;
    for (owed_model& each : model.owed)
      each.late = each.late || (each.deadline && *each.deadline <= model.now);
  }
  void act(const awaiting_model& before, awaiting& on) const override {
    const instant now = before.now + time_;
    for (const owed_model& each : before.owed) {
      if (each.late || !each.deadline || *each.deadline > now) continue;
      const auto late = on.expire(now);
      RC_ASSERT(late.has_value());
      RC_ASSERT(late->sequence == each.sequence);
    }
    RC_ASSERT(!on.expire(now).has_value());
  }
  std::string name() const override { return "pass " + std::to_string(time_.count()); }

 private:
  duration time_;
};

RC_GTEST_PROP(awaiting, behaves_like_a_queue_that_is_answered_late_and_written_from_its_front, ()) {
  awaiting subject;
  const duration timeout(any_of<std::int64_t>({0, 1, 20, 60}));
  check_against<ask, ask, write, pop, pass>(awaiting_model{.timeout = timeout}, subject);
}

}  // namespace
}  // namespace dovetail::proptests
