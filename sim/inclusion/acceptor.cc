#include "sim/inclusion/acceptor.h"

#include <cstddef>
#include <vector>

#include "sim/inclusion/journal.h"
#include "sim/inclusion/led_chooser.h"
#include "sim/inclusion/replay.h"

namespace dovetail::sim::inclusion {

acceptance accept(const journal& of, std::size_t tries_max) {
  std::vector<std::size_t> still_read;
  led_chooser choices(still_read);
  acceptance found;
  while (found.tries < tries_max) {
    ++found.tries;
    replay attempt(of, choices, still_read);
    found.accepted = attempt.play();
    if (found.accepted) return found;
    if (found.why.empty() || attempt.step() > found.step) {
      found.step = attempt.step();
      found.why = attempt.why();
    }
    if (!choices.next()) return found;
  }
  found.given_up = true;
  found.why += ", and the search was given up";
  return found;
}

}  // namespace dovetail::sim::inclusion
