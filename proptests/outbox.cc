// An outbox is a string that grows at its end and is dropped from its front, whether it copies or
// shares.

#include "buffer/outbox.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "buffer/block.h"
#include "buffer/slice.h"
#include "proptests/generators.h"
#include "proptests/stateful.h"

namespace dovetail::proptests {
namespace {

struct outbox_model {
  std::string waiting;
  std::size_t came = 0;  // ever
};

struct outbox_subject {
  explicit outbox_subject(std::size_t block_size) : blocks(block_size) {}

  block_pool blocks;
  outbox out{blocks};
};

using outbox_command = command<outbox_model, outbox_subject>;

std::string bytes_from(std::size_t at, std::size_t size) {
  std::string bytes(size, ' ');
  for (char& each : bytes)
    each = static_cast<char>('a' + at++ % 26);
  return bytes;
}

std::string gathered(const outbox& from, std::size_t pieces_max) {
  std::vector<std::span<const std::byte>> pieces(pieces_max);
  pieces.resize(from.gather(pieces));
  std::string all;
  for (const auto& each : pieces) {
    RC_ASSERT(!each.empty());
    all.append(reinterpret_cast<const char*>(each.data()), each.size());
  }
  return all;
}

void compare(const outbox_model& model, outbox_subject& subject) {
  RC_ASSERT(subject.out.size() == model.waiting.size());
  RC_ASSERT(subject.out.empty() == model.waiting.empty());
  RC_ASSERT(gathered(subject.out, model.waiting.size() + 1) == model.waiting);
  const std::string first = gathered(subject.out, 1);
  RC_ASSERT(model.waiting.starts_with(first));
  RC_ASSERT(first.empty() == model.waiting.empty());
  if (model.waiting.empty()) RC_ASSERT(subject.blocks.in_use() == 0U);
}

class append : public outbox_command {
 public:
  explicit append(const outbox_model&) : size_(below(one_in(8) ? 2000 : 60)) {}

  void apply(outbox_model& model) const override {
    model.waiting += bytes_from(model.came, size_);
    model.came += size_;
  }
  void act(const outbox_model& before, outbox_subject& on) const override {
    on.out.append(std::string_view(bytes_from(before.came, size_)));
  }
  std::string name() const override { return "append " + std::to_string(size_); }

 private:
  std::size_t size_;
};

// Part of a block, which is shared when it is large and most of it.
class append_slice : public outbox_command {
 public:
  explicit append_slice(const outbox_model&)
      : size_(one_in(2) ? slice::shared_bytes_min - 2 + below(4) : below(200)),
        around_(one_in(2) ? below(4) * size_ : 0) {}

  void apply(outbox_model& model) const override {
    model.waiting += bytes_from(model.came, size_);
    model.came += size_;
  }
  void act(const outbox_model& before, outbox_subject& on) const override {
    const block_ref from = on.blocks.get(size_ + around_);
    bytes_from(before.came, size_).copy(from->data() + around_, size_);
    on.out.append(slice(from, around_, size_));
  }
  std::string name() const override {
    return "append " + std::to_string(size_) + " behind " + std::to_string(around_);
  }

 private:
  std::size_t size_;
  std::size_t around_;
};

class drop : public outbox_command {
 public:
  explicit drop(const outbox_model& model) : size_(below(model.waiting.size() + 1)) {}

  bool possible(const outbox_model& model) const override { return size_ <= model.waiting.size(); }
  void apply(outbox_model& model) const override { model.waiting.erase(0, size_); }
  void act(const outbox_model&, outbox_subject& on) const override { on.out.drop(size_); }
  std::string name() const override { return "drop " + std::to_string(size_); }

 private:
  std::size_t size_;
};

class clear : public outbox_command {
 public:
  void apply(outbox_model& model) const override { model.waiting.clear(); }
  void act(const outbox_model&, outbox_subject& on) const override { on.out.clear(); }
  std::string name() const override { return "clear"; }
};

RC_GTEST_PROP(outbox, behaves_like_a_string_that_is_dropped_from_its_front, ()) {
  outbox_subject subject(any_of<std::size_t>({1, 64, 1000, 16384}));
  check_against<append, append_slice, drop, drop, clear>(outbox_model(), subject);
}

}  // namespace
}  // namespace dovetail::proptests
