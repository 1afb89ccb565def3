// The contract of the seam, played in virtual time over simulated sockets of both families.

#include "io/contract.h"

#include <string>
#include <type_traits>

#include "gtest/gtest.h"
#include "sim/net/contract/world.h"

namespace dovetail::io {

struct family_names {
  template <class World>
  static std::string GetName(int) {
    return std::is_same_v<World, sim::tcp_world> ? "tcp" : "unix";
  }
};

using worlds = ::testing::Types<sim::tcp_world, sim::unix_world>;
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_stream, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_end, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_connect, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_listen, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_turn, worlds, family_names);

}  // namespace dovetail::io
