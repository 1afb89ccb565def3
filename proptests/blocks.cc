// A block pool hands out what it says, keeps what it says, and never hands out twice what is in
// use.

#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "buffer/block.h"
#include "proptests/generators.h"
#include "proptests/stateful.h"

namespace dovetail::proptests {
namespace {

// Free blocks are kept for reuse, of each size up to 128 times the smallest: 16 MiB in all.
constexpr std::size_t sizes_kept = 8;
constexpr std::size_t kept_bytes_max = 16U << 20;

struct block_model {
  std::size_t block_size;
  std::vector<std::size_t> sizes;                // of each block in use
  std::vector<std::size_t> owners = {};          // how many keep it
  std::map<std::size_t, std::size_t> free = {};  // by size
  std::uint64_t allocations = 0;

  std::size_t size_for(std::size_t capacity) const {
    std::size_t size = block_size;
    for (std::size_t at = 0; at < sizes_kept; ++at, size *= 2) {
      if (size >= capacity) return size;
    }
    return capacity;
  }

  void get(std::size_t capacity) {
    const std::size_t size = size_for(capacity);
    sizes.push_back(size);
    owners.push_back(1);
    if (free[size] > 0) {
      --free[size];
    } else {
      ++allocations;
    }
  }

  void let_go(std::size_t at) {
    if (--owners[at] > 0) return;
    const std::size_t size = sizes[at];
    const bool kept =
        size <= block_size << (sizes_kept - 1) && kept_bytes() + size <= kept_bytes_max;
    free[size] += kept ? 1U : 0U;
    sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(at));
    owners.erase(owners.begin() + static_cast<std::ptrdiff_t>(at));
  }

  std::size_t kept_bytes() const {
    std::size_t sum = 0;
    for (const auto& [size, count] : free)
      sum += size * count;
    return sum;
  }

  std::size_t held_bytes() const {
    return std::accumulate(sizes.begin(), sizes.end(), kept_bytes());
  }
};

// Each block in use has its own number written at both of its ends.
struct block_subject {
  explicit block_subject(std::size_t block_size) : blocks(block_size) {}

  struct used {
    std::vector<block_ref> owners;
    char stamp;
  };

  void get(std::size_t capacity) {
    const block_ref made = blocks.get(capacity);
    RC_ASSERT(made.sole());
    made->data()[0] = made->data()[made->capacity() - 1] = ++last_stamp;
    in_use.push_back({.owners = {made}, .stamp = last_stamp});
  }

  block_pool blocks;
  std::vector<used> in_use;
  char last_stamp = 0;
};

using block_command = command<block_model, block_subject>;

void compare(const block_model& model, block_subject& subject) {
  RC_ASSERT(subject.blocks.in_use() == model.sizes.size());
  RC_ASSERT(subject.blocks.allocations() == model.allocations);
  RC_ASSERT(subject.blocks.held_bytes() == model.held_bytes());
  for (std::size_t at = 0; at < model.sizes.size(); ++at) {
    const auto& [owners, stamp] = subject.in_use[at];
    const block_ref& its = owners.front();
    RC_ASSERT(its->capacity() == model.sizes[at]);
    RC_ASSERT(its.sole() == (model.owners[at] == 1));
    RC_ASSERT(its->data()[0] == stamp);
    RC_ASSERT(its->data()[its->capacity() - 1] == stamp);
  }
}

// Some of one size.
class get : public block_command {
 public:
  explicit get(const block_model& model)
      : capacity_(one_in(3) ? below(model.block_size * 130) : below(model.block_size * 3)),
        count_(one_in(4) ? 1 + below(40) : 1) {}

  void apply(block_model& model) const override {
    for (std::size_t left = count_; left > 0; --left)
      model.get(capacity_);
  }
  void act(const block_model&, block_subject& on) const override {
    for (std::size_t left = count_; left > 0; --left)
      on.get(capacity_);
  }
  std::string name() const override {
    return "get " + std::to_string(count_) + " of " + std::to_string(capacity_);
  }

 private:
  std::size_t capacity_;
  std::size_t count_;
};

class share : public block_command {
 public:
  explicit share(const block_model& model) : at_(below(model.sizes.size())) {}

  bool possible(const block_model& model) const override { return at_ < model.sizes.size(); }
  void apply(block_model& model) const override { ++model.owners[at_]; }
  void act(const block_model&, block_subject& on) const override {
    on.in_use[at_].owners.push_back(on.in_use[at_].owners.front());
  }
  std::string name() const override { return "share #" + std::to_string(at_); }

 private:
  std::size_t at_;
};

// One of its owners.
class let_go : public block_command {
 public:
  explicit let_go(const block_model& model) : at_(below(model.sizes.size())) {}

  bool possible(const block_model& model) const override { return at_ < model.sizes.size(); }
  void apply(block_model& model) const override { model.let_go(at_); }
  void act(const block_model&, block_subject& on) const override {
    on.in_use[at_].owners.pop_back();
    if (on.in_use[at_].owners.empty()) {
      on.in_use.erase(on.in_use.begin() + static_cast<std::ptrdiff_t>(at_));
    }
  }
  std::string name() const override { return "let go of #" + std::to_string(at_); }

 private:
  std::size_t at_;
};

class let_all_go : public block_command {
 public:
  void apply(block_model& model) const override {
    while (!model.sizes.empty())
      model.let_go(0);
  }
  void act(const block_model&, block_subject& on) const override {
    while (!on.in_use.empty())
      on.in_use.erase(on.in_use.begin());
  }
  std::string name() const override { return "let all go"; }
};

RC_GTEST_PROP(blocks, are_kept_and_given_back_as_their_pool_promises, ()) {
  const std::size_t block_size = any_of<std::size_t>({64, 64, 64, 64, 1U << 19, 1U << 20});
  block_subject subject(block_size);
  check_against<get, get, share, let_go, let_all_go>(
      block_model{.block_size = block_size, .sizes = {}}, subject);
}

}  // namespace
}  // namespace dovetail::proptests
