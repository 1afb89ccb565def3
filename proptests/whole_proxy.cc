// The whole proxy keeps every rule, whatever it is asked, whatever happens around it and in
// whatever order.

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proptests/runs.h"

namespace dovetail::proptests {
namespace {

// Scenes are dear to make and runs cheap: several of each. A failure shrinks to one.
std::vector<tape> make_tapes() {
  const auto any_tape = rc::gen::resize(rc::kNominalSize, rc::gen::exec(&make_tape));
  return *rc::gen::nonEmpty(rc::gen::resize(100, rc::gen::container<std::vector<tape>>(any_tape)));
}

RC_GTEST_PROP(whole_proxy, keeps_every_rule_whatever_happens_in_whatever_order, ()) {
  const any_scene of = *rc::gen::exec(&make_scene);
  const std::vector<tape> tapes = make_tapes();
  const std::string problem = problem_in(of, tapes);
  if (!problem.empty()) RC_FAIL(problem);
}

}  // namespace
}  // namespace dovetail::proptests
