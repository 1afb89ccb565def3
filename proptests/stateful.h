// Stateful tests: any commands one after the other, each done to a plain model and to the real
// thing, which are compared after each.

#pragma once

#include <memory>
#include <ostream>
#include <rapidcheck.h>
#include <string>
#include <utility>

#include <rapidcheck/state.h>

namespace dovetail::proptests {

// One command. Its constructor is given the model and chooses what the command is about; since
// shrinking takes commands away before it, it says whether it is still possible. Beside the model
// stands `void compare(const Model&, Subject&)`.
template <class Model, class Subject>
class command : public rc::state::Command<Model, Subject> {
 public:
  virtual bool possible(const Model&) const { return true; }

  // What the real thing does; `before` is the model as it was until now.
  virtual void act(const Model& before, Subject& on) const = 0;

  virtual std::string name() const = 0;

  void checkPreconditions(const Model& before) const final { RC_PRE(possible(before)); }

  void run(const Model& before, Subject& on) const final {
    act(before, on);
    compare(this->nextState(before), on);
  }

  void show(std::ostream& out) const final { out << name(); }
};

// Runs any commands of these kinds on a new subject.
template <class... Commands, class Model, class Subject>
void check_against(const Model& model, Subject& subject) {
  rc::state::check(model, subject, rc::state::gen::execOneOfWithArgs<Commands...>());
}

}  // namespace dovetail::proptests
