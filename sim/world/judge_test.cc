#include "sim/world/judge.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/time.h"
#include "sim/model/client_observer.h"
#include "sim/world/asked.h"
#include "sim/world/court.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

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

}  // namespace
}  // namespace dovetail::sim
