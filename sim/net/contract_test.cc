// The contract of the seam, played in virtual time.

#include "io/contract.h"

#include "sim/net/contract_world.h"

namespace dovetail::io {

using worlds = ::testing::Types<sim::sim_world>;
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_stream, worlds);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_end, worlds);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_connect, worlds);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_listen, worlds);
INSTANTIATE_TYPED_TEST_SUITE_P(sim, contract_turn, worlds);

}  // namespace dovetail::io
