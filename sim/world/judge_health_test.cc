// What follows from a server's being out: who may be refused, and what may be asked of it.

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sim/world/asked.h"
#include "sim/world/court.h"
#include "sim/world/judge.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view ping = "*1\r\n$4\r\nPING\r\n";
constexpr std::string_view refusal = "-ERR Connection refused\r\n";

scene ejecting(std::size_t requests) {
  scene of = gets(1, requests);
  of.eject_after = 1;
  return of;
}

// The keys of a server that may be out go to the other one, whose connection is shifted.
TEST(judge, excuses_a_shifted_reply_to_whatever_may_have_gone_there) {
  const auto told_with = [](bool rehash) {
    scene of = ejecting(1);
    of.servers = 2;
    of.eject_rehash = rehash;
    of.clients.resize(2, of.clients.front());
    of.clients[1].steps.front().owners = {1};
    court in(of);
    in.ask_all();
    in.sees().on_fault(trouble_with(0));
    const std::string& wire = in.request(1, 0).parts[0].wire;
    in.forward(1, wire);
    in.serve(1, wire, fault::omission);
    in.tell(0, 0, "$5\r\nother\r\n");
    return in.broken();
  };
  EXPECT_EQ(told_with(true), oracle::none);
  EXPECT_EQ(told_with(false), oracle::pairing);
}

TEST(judge, lets_a_proxy_refuse_what_is_for_a_server_that_may_be_out) {
  court in(ejecting(1));
  in.sees().on_fault(trouble_with(0));
  in.sees().on_heal();
  in.ask_all();
  in.tell(0, 0, refusal);
  EXPECT_EQ(in.broken(), oracle::none) << in.sees().found().text;
}

TEST(judge, sees_a_refusal_although_nothing_was_wrong) {
  court in(ejecting(1));
  in.ask_all();
  in.tell(0, 0, refusal);
  EXPECT_EQ(in.broken(), oracle::errors_justified);
}

TEST(judge, sees_a_refusal_long_after_the_server_is_well) {
  court in(ejecting(1));
  in.sees().on_fault(trouble_with(0));
  in.sees().on_heal();
  in.sees().on_recovered();
  in.later();
  in.ask_all();
  in.tell(0, 0, refusal);
  EXPECT_EQ(in.broken(), oracle::errors_justified);
}

// Whatever kept its connection from being greeted then, keeps it still.
TEST(judge, lets_a_server_be_probed_whose_connection_was_never_greeted) {
  scene of = ejecting(2);
  of.password = true;
  of.clients[0].steps[0].what = verb::auth;
  court in(of);
  in.forward(0, "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n");
  in.sees().on_fault(trouble_with(0));
  in.sees().on_heal();
  in.sees().on_recovered();
  in.later();
  in.ask_all();
  in.tell(0, 0, "+OK\r\n");
  in.tell(0, 1, refusal);
  EXPECT_EQ(in.broken(), oracle::none) << in.sees().found().text;
}

TEST(judge, sees_a_probe_of_a_server_that_nothing_was_wrong_with) {
  court in(ejecting(1));
  in.forward(0, ping);
  EXPECT_EQ(in.broken(), oracle::well_formed_forwarding);
}

TEST(judge, sees_a_probe_where_servers_are_never_out) {
  court in(gets(1, 1));
  in.sees().on_fault(trouble_with(0));
  in.forward(0, ping);
  EXPECT_EQ(in.broken(), oracle::well_formed_forwarding);
}

TEST(judge, sees_a_second_probe_beside_the_first) {
  court in(ejecting(1));
  in.sees().on_fault(trouble_with(0));
  in.forward(0, ping);
  EXPECT_EQ(in.broken(), oracle::none) << in.sees().found().text;
  in.forward(0, ping);
  EXPECT_EQ(in.broken(), oracle::well_formed_forwarding);
}

TEST(judge, sees_a_probe_among_requests) {
  court in(ejecting(1));
  in.sees().on_fault(trouble_with(0));
  in.ask_all();
  in.pass(0, 0);
  in.forward(0, ping);
  EXPECT_EQ(in.broken(), oracle::well_formed_forwarding);
}

TEST(judge, sees_live_traffic_while_only_a_probe_may_ask) {
  court in(ejecting(1));
  in.sees().on_fault(trouble_with(0));
  in.forward(0, ping);
  in.later();
  in.ask_all();
  in.forward(0, in.request(0, 0).parts[0].wire);
  EXPECT_EQ(in.broken(), oracle::routing);
}

}  // namespace
}  // namespace dovetail::sim
