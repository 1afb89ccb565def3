// The contract of the seam, played over loopback sockets of both families.

#include "io/contract.h"

#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include "asio/contract_world.h"

namespace dovetail::io {

struct family_names {
  template <class World>
  static std::string GetName(int) {
    return std::is_same_v<World, asio_tcp_world> ? "tcp" : "unix";
  }
};

using worlds = ::testing::Types<asio_tcp_world, asio_unix_world>;
INSTANTIATE_TYPED_TEST_SUITE_P(asio, contract_stream, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(asio, contract_end, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(asio, contract_connect, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(asio, contract_listen, worlds, family_names);
INSTANTIATE_TYPED_TEST_SUITE_P(asio, contract_turn, worlds, family_names);

}  // namespace dovetail::io
