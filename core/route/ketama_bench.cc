// What a key costs on rings of different sizes, and what an ejection costs.

#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.h"
#include "route/distribution.h"
#include "route/ketama.h"

namespace dovetail {
namespace {

// Names for places; the places point into them.
struct servers {
  explicit servers(std::int64_t count) {
    for (std::int64_t at = 0; at < count; ++at) {
      names.push_back("127.0.0.1:" + std::to_string(16000 + at));
    }
    for (const std::string& name : names)
      places.push_back({.name = name});
  }

  std::vector<std::string> names;
  std::vector<place> places;
};

void ketama_pick(benchmark::State& state) {
  const servers all(state.range(0));
  ketama ring;
  ring.rebuild(all.places);
  random_stream hashes(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(ring.pick(static_cast<std::uint32_t>(hashes.next())));
  }
}

void ketama_rebuild(benchmark::State& state) {
  const servers all(state.range(0));
  ketama ring;
  for (auto _ : state) {
    ring.rebuild(all.places);
    benchmark::DoNotOptimize(ring.points().data());
  }
}

BENCHMARK(ketama_pick)->Arg(2)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(ketama_rebuild)->Arg(2)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dovetail
