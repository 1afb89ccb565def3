// An inbox is a string that grows at its end and is consumed from its front, and what was kept of
// it stays as it was.

#include "buffer/inbox.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "buffer/block.h"
#include "buffer/slice.h"
#include "proptests/generators.h"
#include "proptests/stateful.h"

namespace dovetail::proptests {
namespace {

struct inbox_model {
  std::string unread;
  std::vector<std::string> kept;
  std::size_t expected = 0;
  std::size_t came = 0;  // ever
};

struct inbox_subject {
  explicit inbox_subject(std::size_t block_size) : blocks(block_size) {}

  block_pool blocks;
  inbox in{blocks};
  std::vector<slice> kept;
};

using inbox_command = command<inbox_model, inbox_subject>;

// Byte number `at` of all that ever comes.
char letter(std::size_t at) {
  return static_cast<char>('a' + at % 26);
}

void compare(const inbox_model& model, inbox_subject& subject) {
  RC_ASSERT(subject.in.unread() == model.unread);
  RC_ASSERT(subject.in.size() == model.unread.size());
  RC_ASSERT(subject.in.empty() == model.unread.empty());
  for (std::size_t at = 0; at < model.kept.size(); ++at)
    RC_ASSERT(subject.kept[at].view() == model.kept[at]);
  if (model.unread.empty() && model.kept.empty()) RC_ASSERT(subject.blocks.in_use() == 0U);
}

// The peer sends; each read brings as much as there is room for.
class fill : public inbox_command {
 public:
  explicit fill(const inbox_model&) : size_(1 + below(one_in(8) ? 3000 : 100)) {}

  void apply(inbox_model& model) const override {
    for (std::size_t left = size_; left > 0; --left)
      model.unread += letter(model.came++);
  }
  void act(const inbox_model& before, inbox_subject& on) const override {
    std::size_t at = before.came;
    // A promise ends with its message.
    if (before.unread.empty() && before.expected == 0) {
      RC_ASSERT(on.in.room().size() == on.blocks.block_size());
    }
    for (std::size_t left = size_; left > 0;) {
      const std::span<std::byte> room = on.in.room();
      RC_ASSERT(room.size() >= on.blocks.block_size() / 8);
      RC_ASSERT(on.in.size() + room.size() >= before.expected);
      const std::size_t size = std::min(left, room.size());
      for (std::byte& each : room.first(size))
        each = static_cast<std::byte>(letter(at++));
      on.in.fill(size);
      left -= size;
    }
  }
  std::string name() const override { return "fill " + std::to_string(size_); }

 private:
  std::size_t size_;
};

// A read that brings nothing.
class fill_nothing : public inbox_command {
 public:
  void act(const inbox_model&, inbox_subject& on) const override {
    on.in.room();
    on.in.fill(0);
    on.in.release_if_empty();
  }
  std::string name() const override { return "fill nothing"; }
};

class consume : public inbox_command {
 public:
  explicit consume(const inbox_model& model) : size_(below(model.unread.size() + 1)) {}

  bool possible(const inbox_model& model) const override { return size_ <= model.unread.size(); }
  void apply(inbox_model& model) const override {
    model.unread.erase(0, size_);
    model.expected = 0;
  }
  void act(const inbox_model&, inbox_subject& on) const override { on.in.consume(size_); }
  std::string name() const override { return "consume " + std::to_string(size_); }

 private:
  std::size_t size_;
};

class keep : public inbox_command {
 public:
  explicit keep(const inbox_model& model) : size_(1 + below(model.unread.size())) {}

  bool possible(const inbox_model& model) const override { return size_ <= model.unread.size(); }
  void apply(inbox_model& model) const override {
    model.kept.push_back(model.unread.substr(0, size_));
  }
  void act(const inbox_model&, inbox_subject& on) const override {
    on.kept.push_back(on.in.front(size_));
  }
  std::string name() const override { return "keep " + std::to_string(size_); }

 private:
  std::size_t size_;
};

class let_go : public inbox_command {
 public:
  void apply(inbox_model& model) const override { model.kept.clear(); }
  void act(const inbox_model&, inbox_subject& on) const override { on.kept.clear(); }
  std::string name() const override { return "let go"; }
};

// Below a megabyte a promise is believed.
class expect : public inbox_command {
 public:
  explicit expect(const inbox_model&) : size_(below(5000)) {}

  void apply(inbox_model& model) const override { model.expected = size_; }
  void act(const inbox_model&, inbox_subject& on) const override { on.in.expect(size_); }
  std::string name() const override { return "expect " + std::to_string(size_); }

 private:
  std::size_t size_;
};

RC_GTEST_PROP(inbox, behaves_like_a_string_that_is_consumed_from_its_front, ()) {
  inbox_subject subject(any_of<std::size_t>({1, 16, 64, 1000}));
  check_against<fill, fill_nothing, consume, keep, let_go, expect>(inbox_model(), subject);
}

}  // namespace
}  // namespace dovetail::proptests
