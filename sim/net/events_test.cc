// What is told, to whom and when.

#include <chrono>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "base/time.h"
#include "io/socket.h"
#include "sim/net/choice.h"
#include "sim/net/network.h"
#include "sim/net/network_fixture.h"

namespace dovetail::sim {
namespace {

using std::chrono::seconds;

TEST_F(network_test, each_direction_is_told_to_the_name_it_was_watched_with) {
  auto [here, there] = pair();
  here.watch(io::readiness::readable, {5, 1});
  here.watch(io::readiness::writable, {6, 1});
  write(there, "x");
  calm();
  EXPECT_EQ(client.diary, "readable5 | writable6 | ");
}

TEST_F(network_test, an_event_may_be_told_although_it_was_read_meanwhile) {
  for (const bool stale : {false, true}) {
    net.how().stale = stale;
    auto [here, there] = pair();
    here.watch(io::readiness::readable, {0, 1});
    write(there, "x");
    EXPECT_EQ(read(here), "'x'");
    EXPECT_EQ(is_possible(kind::readable), stale);
    calm();
    EXPECT_EQ(read(here), blocked_text);
  }
}

TEST_F(network_test, an_event_of_a_full_pipe_may_be_stale_too) {
  net.how().stale = true;
  auto [here, there] = pair();
  here.watch(io::readiness::writable, {0, 1});
  write(here, std::string(net.how().stream_bytes_max, 'x'));
  EXPECT_TRUE(is_possible(kind::writable));
}

TEST_F(network_test, a_full_pipe_is_writable_when_a_third_of_it_is_free) {
  net.how().stream_bytes_max = 30;
  auto [here, there] = pair();
  EXPECT_EQ(write(here, std::string(40, 'x')), "30");
  EXPECT_EQ(write(here, "x"), blocked_text);
  here.watch(io::readiness::writable, {0, 1});
  read(there, 9);
  EXPECT_FALSE(is_possible(kind::writable));
  EXPECT_EQ(write(here, std::string(40, 'x')), "9");
  read(there, 10);
  EXPECT_TRUE(is_possible(kind::writable));
}

TEST_F(network_test, a_wake_up_may_be_so_late_that_other_deadlines_have_passed) {
  net.how().lateness = seconds(10);
  choices.answers = {1};
  const instant first = net.now() + seconds(1);
  client.wake = first;
  server.wake = first + seconds(5);
  net.begin(*client.here);
  net.begin(*server.here);
  perform(kind::wake);
  EXPECT_EQ(net.now(), first + seconds(10));
  net.list(possible);
  ASSERT_EQ(possible.size(), 1);
  EXPECT_EQ(possible[0], (happening{kind::wake, 0, 0, server.here->number()}));
}

TEST_F(network_test, time_may_go_on_before_what_could_happen_first) {
  net.how().leaps = true;
  auto [here, there] = pair();
  client.wake = net.now() + seconds(1);
  net.begin(*client.here);
  write(here, "x");
  ASSERT_TRUE(is_possible(kind::readable));
  perform(kind::leap);
  EXPECT_TRUE(is_possible(kind::readable));
  EXPECT_TRUE(is_possible(kind::wake));
}

TEST_F(network_test, in_a_turn_only_its_own_host_is_told) {
  net.how().batches = true;
  auto [here, there] = pair();
  auto [left, right] = pair();
  here.watch(io::readiness::writable, {0, 1});
  left.watch(io::readiness::writable, {1, 1});
  there.watch(io::readiness::writable, {0, 1});
  right.watch(io::readiness::writable, {1, 1});
  ASSERT_TRUE(is_possible(kind::writable));
  const std::uint8_t side = possible[0].side;
  net.perform(happening(possible[0]));
  net.list(possible);
  ASSERT_EQ(possible.size(), 2);
  EXPECT_EQ(possible[0].what, kind::turn_end);
  EXPECT_EQ(possible[1].what, kind::writable);
  EXPECT_EQ(possible[1].side, side);
}

}  // namespace
}  // namespace dovetail::sim
