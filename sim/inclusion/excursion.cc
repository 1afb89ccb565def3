#include "sim/inclusion/excursion.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "asio/contract_world.h"
#include "base/time.h"
#include "io/socket.h"
#include "sim/inclusion/journal.h"
#include "sim/inclusion/rambler.h"
#include "sim/inclusion/recorder.h"

namespace dovetail::sim::inclusion {
namespace {

template <class World>
journal excursion_in(World& world, std::uint64_t seed, duration quiet) {
  journal all;
  const recorder::beyond also = {
      .abort = [&](std::unique_ptr<io::socket> end) { world.abort(std::move(end)); },
      .local_name = World::local_name};
  recorder writes(world.network(), also, all);
  rambler program(writes, {.seed = seed,
                           .here = world.free_address(),
                           .nowhere = world.deaf_address(),
                           .quiet = quiet});
  writes.attach(program);
  // The loop goes on for a turn or two.
  std::size_t size = 0;
  world.run(
      writes,
      [&] {
        if (program.is_over() && size == 0) size = all.size();
        return program.is_over();
      },
      std::chrono::minutes(1));
  all.resize(size);
  return all;
}

}  // namespace

journal excursion(std::uint64_t seed, duration quiet) {
  if (seed % 2 == 0) {
    asio_tcp_world world;
    return excursion_in(world, seed, quiet);
  }
  asio_unix_world world;
  return excursion_in(world, seed, quiet);
}

}  // namespace dovetail::sim::inclusion
