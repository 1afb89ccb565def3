// Nanoseconds and bytes per second of each hash function for keys of usual lengths.

#include <cstddef>
#include <string>

#include <benchmark/benchmark.h>

#include "route/hash/hash.h"

namespace dovetail {
namespace {

void hash(benchmark::State& state) {
  const auto kind = static_cast<hash_kind>(state.range(0));
  const hash_function function = hash_of(kind);
  const std::string key(static_cast<std::size_t>(state.range(1)), 'k');
  for (auto _ : state) {
    benchmark::DoNotOptimize(function(key));
  }
  state.SetLabel(std::string(name_of(kind)));
  state.SetBytesProcessed(state.iterations() * state.range(1));
}

BENCHMARK(hash)
    ->ArgNames({"kind", "bytes"})
    ->ArgsProduct({benchmark::CreateDenseRange(0, 11, 1), {16, 40, 250}});

}  // namespace
}  // namespace dovetail
