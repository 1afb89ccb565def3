#include "sim/world/judge.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"
#include "sim/model/client_observer.h"
#include "sim/net/choice.h"
#include "sim/net/framing.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/route.h"
#include "sim/world/asked.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_replies.h"
#include "sim/world/tagged_server.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

// Is told of turns, which count as happenings, and does nothing.
struct nobody final : io::handler {
  void on_accept(token, std::unique_ptr<io::socket>, instant) override {}
  void on_ready(token, io::readiness, instant) override {}
  std::optional<instant> on_turn_end(instant) override { return {}; }
};

// Tells a judge what a proxy did that nobody has written: each test makes one mistake.
class court {
 public:
  explicit court(const scene& of) : scene_(of), net_(dull_, {}), judge_(scene_, net_) {
    for (std::uint32_t server = 0; server < of.servers; ++server) {
      ways_.push_back(
          {.at = server_address(server), .speaks = redis_framing, .doors = {}, .leads_to = {}});
      arrivals_.push_back(0);
    }
    for (std::uint32_t server = 0; server < of.servers; ++server)
      links_.emplace_back(server + 1, server, ways_[server]);
    for (std::uint32_t client = 0; client < of.clients.size(); ++client)
      judge_.on_connected({client, 0}, {});
    net_.add_host("nobody").attach(nobody_);
  }

  // The client says all it has to say.
  void ask(std::uint32_t client) {
    std::size_t size = 0;
    for (const auto& each : judge_.clients()[client].requests)
      size += each.what.bytes.size();
    judge_.on_sent({client, 0}, size, net_.now());
  }

  void ask_all() {
    for (std::uint32_t client = 0; client < scene_.clients.size(); ++client)
      ask(client);
  }

  const asked& request(std::uint32_t client, std::uint32_t number) const {
    return judge_.clients()[client].requests[number].what;
  }

  void forward(std::uint32_t server, std::string_view bytes) {
    judge_.on_written(links_[server], 0, bytes);
  }

  // The server's answer, which it says to the judge as well.
  std::string serve(std::uint32_t server,
                    std::string_view bytes,
                    std::optional<fault> wrong = std::nullopt) {
    const std::uint32_t arrival = arrivals_[server]++;
    std::string reply = tagged_reply(bytes, scene_.redis, {server, 0, arrival});
    if (wrong) reply = wrong_reply(*wrong, bytes, scene_.redis, reply);
    judge_.on_served({server, 0, arrival, bytes, reply, wrong});
    return reply;
  }

  // Forwards and serves the only part of a request, or one of several.
  std::string pass(std::uint32_t client, std::uint32_t number, std::size_t part = 0) {
    const asked_part& its = request(client, number).parts[part];
    forward(its.server, its.wire);
    return serve(its.server, its.wire);
  }

  void tell(std::uint32_t client, request_number number, std::string_view reply) {
    judge_.on_received({client, 0}, reply, {});
    judge_.on_reply({client, 0}, number, reply, {});
  }

  // The proxy reads the server's end of stream.
  void hear_the_end(std::uint32_t server) { links_[server].end(0).ended = true; }

  void wait(duration time) { net_.pass(time); }

  // Another happening: what comes now is not at once with what was before.
  void later() { net_.perform({happening::kind::turn_end, 0, 0, 0}); }

  judge& sees() { return judge_; }
  oracle broken() const { return judge_.found().broken; }

 private:
  scene scene_;
  dull_chooser dull_;
  nobody nobody_;
  network net_;
  judge judge_;
  std::deque<route> ways_;
  std::deque<link> links_;
  std::vector<std::uint32_t> arrivals_;
};

scene gets(std::size_t clients, std::size_t requests, std::uint32_t servers = 1) {
  scene of;
  of.servers = servers;
  of.clients.resize(clients);
  for (client_scene& each : of.clients)
    each.steps.assign(requests, step{});
  return of;
}

scene one_request(const step& what, std::uint32_t servers = 1) {
  scene of;
  of.servers = servers;
  of.clients.push_back({.steps = {what}});
  return of;
}

// Something went wrong with a server, and may excuse errors about it, though nothing else.
ledger_entry trouble_with(std::uint32_t server) {
  return {.what = fault::stall, .server = server, .link = 0, .from = 0};
}

TEST(judge, has_nothing_to_say_about_right_replies) {
  court in(gets(2, 2));
  in.ask_all();
  for (std::uint32_t client = 0; client < 2; ++client) {
    for (std::uint32_t number = 0; number < 2; ++number)
      in.tell(client, number, in.pass(client, number));
  }
  in.sees().at_rest();
  in.sees().at_end();
  EXPECT_EQ(in.broken(), oracle::none) << in.sees().found().text;
}

TEST(judge, sees_what_belongs_to_another_client) {
  court in(gets(2, 1));
  in.ask_all();
  in.tell(1, 0, in.pass(0, 0));
  EXPECT_EQ(in.broken(), oracle::no_foreign_byte);
}

TEST(judge, sees_what_belongs_to_another_client_after_something_went_wrong) {
  court in(gets(2, 1));
  in.ask_all();
  in.sees().on_fault(trouble_with(0));
  in.sees().on_received({1, 0}, in.pass(0, 0), {});
  EXPECT_EQ(in.broken(), oracle::no_foreign_byte);
}

TEST(judge, sees_what_belongs_to_another_client_in_bytes_that_are_no_reply_yet) {
  court in(gets(2, 1));
  in.ask_all();
  const std::string reply = in.pass(0, 0);
  in.sees().on_received({1, 0}, std::string_view(reply).substr(0, reply.size() - 1), {});
  EXPECT_EQ(in.broken(), oracle::no_foreign_byte);
}

TEST(judge, sees_two_replies_exchanged) {
  court in(gets(1, 2));
  in.ask_all();
  const std::string first = in.pass(0, 0);
  const std::string second = in.pass(0, 1);
  in.tell(0, 0, second);
  in.tell(0, 1, first);
  EXPECT_EQ(in.broken(), oracle::pairing);
}

TEST(judge, sees_a_byte_that_the_server_did_not_say) {
  court in(gets(1, 1));
  in.ask_all();
  std::string reply = in.pass(0, 0);
  reply[reply.size() - 3] ^= 1;
  in.tell(0, 0, reply);
  EXPECT_EQ(in.broken(), oracle::pairing);
}

TEST(judge, sees_a_reply_to_nothing) {
  court in(gets(1, 1));
  in.ask_all();
  in.tell(0, 0, in.pass(0, 0));
  in.tell(0, no_request, "+OK\r\n");
  EXPECT_EQ(in.broken(), oracle::exactly_one);
}

TEST(judge, sees_a_reply_to_a_request_that_wants_none) {
  scene of = one_request({.what = verb::quiet});
  of.redis = false;
  court in(of);
  in.ask_all();
  in.pass(0, 0);
  in.tell(0, no_request, "STORED\r\n");
  EXPECT_EQ(in.broken(), oracle::noreply);
}

TEST(judge, sees_half_a_reply_before_the_end) {
  court in(gets(1, 1));
  in.ask_all();
  in.pass(0, 0);
  in.sees().on_ended({0, 0}, client_end::finished, {}, "$10\r\nzc0", {});
  EXPECT_EQ(in.broken(), oracle::well_formed_output);
}

TEST(judge, sees_an_end_before_the_reply) {
  court in(gets(1, 1));
  in.ask_all();
  in.pass(0, 0);
  in.sees().on_ended({0, 0}, client_end::finished, {}, "", {});
  EXPECT_EQ(in.broken(), oracle::close_semantics);
}

TEST(judge, sees_what_no_client_asked) {
  court in(gets(1, 1));
  in.ask_all();
  in.forward(0, "*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(in.broken(), oracle::well_formed_forwarding);
}

TEST(judge, sees_a_request_sent_twice) {
  court in(gets(1, 1));
  in.ask_all();
  in.forward(0, in.request(0, 0).parts[0].wire);
  in.forward(0, in.request(0, 0).parts[0].wire);
  EXPECT_EQ(in.broken(), oracle::at_most_once);
}

TEST(judge, sees_a_request_served_twice) {
  court in(gets(1, 1));
  in.ask_all();
  in.pass(0, 0);
  in.serve(0, in.request(0, 0).parts[0].wire);
  EXPECT_EQ(in.broken(), oracle::linearizability);
}

TEST(judge, sees_a_request_at_another_server) {
  court in(gets(1, 1, 2));
  in.ask_all();
  in.forward(1, in.request(0, 0).parts[0].wire);
  EXPECT_EQ(in.broken(), oracle::routing);
}

TEST(judge, sees_a_request_overtaken) {
  court in(gets(1, 2));
  in.ask_all();
  in.pass(0, 1);
  in.pass(0, 0);
  EXPECT_EQ(in.broken(), oracle::forward_order);
}

TEST(judge, sees_a_quiet_request_that_is_lost) {
  scene of = one_request({.what = verb::quiet});
  of.redis = false;
  court in(of);
  in.ask_all();
  in.sees().at_end();
  EXPECT_EQ(in.broken(), oracle::no_loss);
}

TEST(judge, sees_parts_joined_in_another_order) {
  court in(one_request({.what = verb::gets, .owners = {0, 1}}, 2));
  in.ask_all();
  const std::string first = in.pass(0, 0, 0).substr(4);
  const std::string second = in.pass(0, 0, 1).substr(4);
  in.tell(0, 0, "*2\r\n" + second + first);
  EXPECT_EQ(in.broken(), oracle::fragments);
}

TEST(judge, wants_a_reason_for_an_error) {
  court in(gets(1, 1));
  in.ask_all();
  in.tell(0, 0, "-ERR Connection refused\r\n");
  EXPECT_EQ(in.broken(), oracle::errors_justified);
}

TEST(judge, takes_trouble_with_the_server_for_a_reason) {
  court in(gets(1, 1));
  in.ask_all();
  in.sees().on_fault(trouble_with(0));
  in.tell(0, 0, "-ERR Connection refused\r\n");
  EXPECT_EQ(in.broken(), oracle::none) << in.sees().found().text;
}

TEST(judge, sees_a_server_accused_that_has_told_the_truth) {
  const auto accused_after = [](fault what) {
    court in(gets(1, 1));
    in.ask_all();
    ledger_entry trouble = trouble_with(0);
    trouble.what = what;
    in.sees().on_fault(trouble);
    in.tell(0, 0, "-ERR Unexpected response from server\r\n");
    return in.broken();
  };
  EXPECT_EQ(accused_after(fault::surplus), oracle::none);
  EXPECT_EQ(accused_after(fault::server_reset), oracle::errors_justified);
}

TEST(judge, sees_a_server_written_to_that_is_known_to_have_ended) {
  court in(gets(1, 1));
  in.ask_all();
  in.hear_the_end(0);
  in.forward(0, in.request(0, 0).parts[0].wire);
  EXPECT_EQ(in.broken(), oracle::no_reuse_after_desync);
}

// The other request was due for long enough, or not.
TEST(judge, sees_a_time_out_before_its_time) {
  const auto told_after = [](duration others_age) {
    scene of = gets(2, 1);
    of.timeout = std::chrono::milliseconds(100);
    court in(of);
    in.ask(0);
    in.wait(others_age);
    in.ask(1);
    in.forward(0, in.request(1, 0).parts[0].wire);
    in.sees().on_fault(trouble_with(0));
    in.tell(1, 0, "-ERR Connection timed out\r\n");
    return in.broken();
  };
  EXPECT_EQ(told_after(std::chrono::milliseconds(200)), oracle::none);
  EXPECT_EQ(told_after(std::chrono::milliseconds(199)), oracle::errors_justified);
}

TEST(judge, takes_trouble_for_no_reason_to_wait_where_there_are_time_outs) {
  const auto waiting_with = [](duration timeout) {
    scene of = gets(1, 1);
    of.timeout = timeout;
    court in(of);
    in.ask_all();
    in.sees().on_fault(trouble_with(0));
    in.sees().at_rest();
    return in.broken();
  };
  EXPECT_EQ(waiting_with({}), oracle::none);
  EXPECT_EQ(waiting_with(std::chrono::milliseconds(100)), oracle::isolation);
}

TEST(judge, takes_trouble_with_another_server_for_no_reason) {
  court in(gets(1, 1, 2));
  in.ask_all();
  in.sees().on_fault(trouble_with(1));
  in.tell(0, 0, "-ERR Connection refused\r\n");
  EXPECT_EQ(in.broken(), oracle::errors_justified);
}

TEST(judge, sees_who_waits_without_a_reason) {
  court in(gets(1, 1));
  in.ask_all();
  in.pass(0, 0);
  in.sees().at_rest();
  EXPECT_EQ(in.broken(), oracle::exactly_one);
}

TEST(judge, sees_who_waits_for_a_neighbour_s_server) {
  court in(gets(1, 1, 2));
  in.ask_all();
  in.sees().on_fault(trouble_with(1));
  in.pass(0, 0);
  in.sees().at_rest();
  EXPECT_EQ(in.broken(), oracle::isolation);
}

TEST(judge, sees_a_wrong_answer_of_the_proxy_s_own) {
  court in(one_request({.what = verb::echo, .owners = {0}}));
  in.ask_all();
  in.tell(0, 0, "$2\r\nno\r\n");
  EXPECT_EQ(in.broken(), oracle::local_order);
}

TEST(judge, sees_that_an_answer_is_late) {
  scene of = gets(1, 1);
  of.timeout = std::chrono::milliseconds(1);
  court in(of);
  in.ask_all();
  const std::string reply = in.pass(0, 0);
  in.wait(std::chrono::milliseconds(3));
  in.tell(0, 0, reply);
  EXPECT_EQ(in.broken(), oracle::liveness);
}

TEST(judge, passes_over_a_rule_that_is_off) {
  scene of = gets(2, 1);
  of.oracles_off = 1U << static_cast<unsigned>(oracle::no_foreign_byte);
  court in(of);
  in.ask_all();
  in.sees().on_received({1, 0}, in.pass(0, 0), {});
  EXPECT_EQ(in.broken(), oracle::none);
}

// --- servers that are out

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
