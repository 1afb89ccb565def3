// A slot table finds what is there by its token and nothing by any other: of no earlier tenant of
// the same slot, and of none that never was.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/slot_table.h"
#include "base/token.h"
#include "proptests/generators.h"
#include "proptests/stateful.h"

namespace dovetail::proptests {
namespace {

struct slot_model {
  std::vector<token> names = {};         // of all that ever were; their values are their indices
  std::vector<bool> there = {};          // of each name
  std::vector<std::uint32_t> free = {};  // slots, the last freed last
  std::vector<std::uint32_t> tenancies = {};  // of each slot

  std::vector<std::size_t> present() const {
    std::vector<std::size_t> some;
    for (std::size_t at = 0; at < there.size(); ++at) {
      if (there[at]) some.push_back(at);
    }
    return some;
  }

  // The name that the next one must get.
  token next() const {
    if (free.empty())
      return {.slot = static_cast<std::uint32_t>(tenancies.size()), .generation = 1};
    return {.slot = free.back(), .generation = tenancies[free.back()] + 1};
  }

  void erase(std::size_t name) {
    there[name] = false;
    free.push_back(names[name].slot);
  }
};

using values = slot_table<std::size_t>;
using slot_command = command<slot_model, values>;

void compare(const slot_model& model, values& subject) {
  RC_ASSERT(subject.size() == model.present().size());
  for (std::size_t at = 0; at < model.names.size(); ++at) {
    const std::size_t* const found = subject.find(model.names[at]);
    RC_ASSERT((found != nullptr) == model.there[at]);
    if (found != nullptr) RC_ASSERT(*found == at);
  }
  RC_ASSERT(subject.find(token()) == nullptr);
  RC_ASSERT(subject.find(model.next()) == nullptr);

  std::vector<std::size_t> by_slot(model.tenancies.size(), model.names.size());
  for (const std::size_t at : model.present())
    by_slot[model.names[at].slot] = at;
  std::erase(by_slot, model.names.size());
  std::vector<std::size_t> visited;
  std::as_const(subject).for_each([&](token name, const std::size_t& value) {
    RC_ASSERT(name == model.names[value]);
    visited.push_back(value);
  });
  RC_ASSERT(visited == by_slot);
}

class insert : public slot_command {
 public:
  void apply(slot_model& model) const override {
    const token name = model.next();
    if (model.free.empty()) {
      model.tenancies.push_back(0);
    } else {
      model.free.pop_back();
    }
    ++model.tenancies[name.slot];
    model.names.push_back(name);
    model.there.push_back(true);
  }
  void act(const slot_model& before, values& on) const override {
    const token name = on.insert(std::make_unique<std::size_t>(before.names.size()));
    RC_ASSERT(name == before.next());
  }
  std::string name() const override { return "insert"; }
};

class erase : public slot_command {
 public:
  explicit erase(const slot_model& model) : which_(below(model.names.size())) {}

  bool possible(const slot_model& model) const override {
    return which_ < model.there.size() && model.there[which_];
  }
  void apply(slot_model& model) const override { model.erase(which_); }
  void act(const slot_model& before, values& on) const override {
    const auto gone = on.erase(before.names[which_]);
    RC_ASSERT(gone != nullptr);
    RC_ASSERT(*gone == which_);
  }
  std::string name() const override { return "erase " + std::to_string(which_); }

 private:
  std::size_t which_;
};

// Whoever visits may erase what it is shown.
class erase_every_third : public slot_command {
 public:
  void apply(slot_model& model) const override {
    std::vector<std::size_t> by_slot(model.tenancies.size(), model.names.size());
    for (const std::size_t at : model.present())
      by_slot[model.names[at].slot] = at;
    for (const std::size_t at : by_slot) {
      if (at < model.names.size() && at % 3 == 0) model.erase(at);
    }
  }
  void act(const slot_model&, values& on) const override {
    on.for_each([&](token name, const std::size_t& value) {
      if (value % 3 == 0) on.erase(name);
    });
  }
  std::string name() const override { return "erase every third"; }
};

RC_GTEST_PROP(slots, are_found_by_their_tenants_token_and_by_no_other, ()) {
  values subject;
  check_against<insert, insert, erase, erase_every_third>(slot_model(), subject);
}

}  // namespace
}  // namespace dovetail::proptests
