// The contract of the seam as a suite of tests, written once and played on every network.
//
// A network is tested by a *world* around it, the suite's type parameter:
//
//     struct my_world {
//       // What is tested. It outlives every socket and listener of a test.
//       io::network& network();
//
//       // Tells `to` of events, from an empty turn on, until done() holds after a turn end. False
//       // when `at_most` has passed first, on the clock that events carry. The last turns may come
//       // after done() has held. Wakes `to` when it wants to be.
//       bool run(io::handler& to, std::function<bool()> done, duration at_most);
//
//       endpoint free_address();   // to listen at: port 0, or another path each time
//       endpoint other_address();  // likewise, of another kind: IPv6, a path of unusual letters
//       endpoint deaf_address();   // where nobody listens
//       endpoint unresolvable();   // what no address can be found for
//
//       // Closes it so that the peer finds a reset, although it has unread input or just for that.
//       void abort(std::unique_ptr<io::socket> end);
//
//       // From now on accepting fails for want of descriptors; until they are given back.
//       void take_descriptors();
//       void give_descriptors();
//
//       // Where all of these may happen, this one did.
//       void saw(std::string_view outcome, std::initializer_list<std::string_view> allowed);
//     };
//
//     namespace dovetail::io {
//     using worlds = ::testing::Types<my_world>;
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_network, contract_stream, worlds);
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_network, contract_end, worlds);
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_network, contract_connect, worlds);
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_network, contract_listen, worlds);
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_network, contract_turn, worlds);
//     }
//
// No clause sleeps or asks a clock: time passes in run() only, so that it may be virtual. Where the
// real network may do one of several things, the clause states the set; a real network must stay
// within it, a simulated one must be able to do each (see expect_one_of and saw). The numbers C1,
// C2, … beside the names tell which of the kernel's habits a clause is about; see README.md.

#pragma once

#include "io/contract_connect.h"  // IWYU pragma: export
#include "io/contract_end.h"      // IWYU pragma: export
#include "io/contract_listen.h"   // IWYU pragma: export
#include "io/contract_stream.h"   // IWYU pragma: export
#include "io/contract_turn.h"     // IWYU pragma: export
