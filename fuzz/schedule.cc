// Target: the whole proxy in the simulator, the input choosing what happens. Two bytes name a
// random scene, each further one is a choice: who is told next, where a stream is cut, what goes
// wrong. Every oracle of the judge is on.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "base/check.h"
#include "sim/search/random_scene.h"
#include "sim/search/tape_chooser.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dovetail;
  if (size < 2) return 0;
  static std::vector<std::uint32_t> tape;
  tape.assign(data + 2, data + size);
  sim::tape_chooser choices(tape);
  sim::world in(sim::random_scene(data[0] + 256U * data[1]), choices);
  const sim::verdict found = run(in);
  if (!found.good()) {
    const std::string rule(name_of(found.broken));
    std::fprintf(stderr, "O%d %s at event %llu: %s\n", static_cast<int>(found.broken), rule.c_str(),
                 static_cast<unsigned long long>(found.at), found.text.c_str());
  }
  DOVETAIL_CHECK(found.good());
  return 0;
}
