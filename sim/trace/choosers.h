// One chooser that writes down what another one chose, and one that chooses it again.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/trace/choice.h"
#include "sim/trace/link_names.h"

namespace dovetail::sim {

// A chooser that must know what connections are called before it is asked what happens next.
class naming_chooser : public chooser {
 public:
  // `wires` outlives the chooser's use.
  void see(const network& wires) { names_.emplace(wires); }

 protected:
  link_names& names() { return *names_; }

 private:
  std::optional<link_names> names_;
};

class recorder final : public naming_chooser {
 public:
  // `by` decides, and outlives the recorder.
  explicit recorder(chooser& by) : by_(&by) {}

  std::size_t pick(std::span<const happening> possible) override;
  std::uint32_t choose(std::uint32_t n, site about) override;

  // Tells each choice before anything comes of it.
  void tell(std::function<void(const choice&)> whom) { told_ = std::move(whom); }

  const std::vector<choice>& choices() const { return choices_; }
  std::vector<choice> take() { return std::move(choices_); }

 private:
  void note(choice made);

  chooser* by_;
  std::function<void(const choice&)> told_;
  std::vector<choice> choices_;
};

// What was picked is looked for among what is possible. Where it cannot happen it is passed over
// for the next one that can; where none can, and behind the last one, the dull choice is made.
// Numbers belong to what was picked before them.
class replayer final : public naming_chooser {
 public:
  enum class dull {
    as_named,  // what was the dull choice then is looked for like any other
    as_first,  // it stands for whatever the dull choice is now
  };

  // `choices` outlives the replayer.
  replayer(std::span<const choice> choices, dull how) : choices_(choices), dull_(how) {}

  std::size_t pick(std::span<const happening> possible) override;
  std::uint32_t choose(std::uint32_t n, site about) override;

 private:
  std::span<const choice> choices_;
  dull dull_;
  std::size_t next_ = 0;
  std::vector<named_happening> offered_;  // scratch
};

}  // namespace dovetail::sim
