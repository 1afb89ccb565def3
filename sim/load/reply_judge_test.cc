#include "sim/load/reply_judge.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "base/ring.h"
#include "sim/load/key_space.h"
#include "sim/load/ledger.h"
#include "sim/load/mix.h"
#include "sim/load/provenance.h"
#include "sim/model/client_program.h"

namespace dovetail::sim::load {
namespace {

// Two clients; keys 0 1 2 are shared, 3 is private to client 0, 7 to client 1.
struct reply_judge_test : ::testing::Test {
  // Asks of client 0 what the reply is taken for: "right", "refused", or what is wrong.
  std::string judge(load_op what, std::initializer_list<key_number> asked, std::string_view reply) {
    ring<asked_key> keys;
    for (const key_number key : asked)
      keys.push({.key = key, .due = due.contains(key) ? due[key] : known.due(key)});
    const question question{.what = what, .keys = static_cast<std::uint32_t>(asked.size())};
    reply_judge judge(speaks, values, counters, maker, known, servers_may_forget);
    seen = judge.judge(0, question, keys, reply);
    if (seen.is == verdict::kind::right) return "right";
    if (seen.is == verdict::kind::refused) return "refused";
    return fmt::format("expected {}; got {}", judge.complaint().expected, judge.complaint().got);
  }

  bool is_wrong(load_op what, std::initializer_list<key_number> asked, std::string_view reply) {
    return judge(what, asked, reply).starts_with("expected ");
  }

  // A write of that client to that key.
  provenance write(std::uint32_t client, key_number key) {
    for (int tries = 0; tries < 1000; ++tries) {
      const provenance made = known.next_write(client);
      if (made.key == key) return made;
    }
    ADD_FAILURE() << "client " << client << " does not write to key " << key;
    return {};
  }

  std::string value(const provenance& of) const {
    std::string made;
    maker.append(made, of);
    return made;
  }

  std::string bulk(const provenance& of) const {
    return fmt::format("${}\r\n{}\r\n", maker.size(of), value(of));
  }

  std::string block(const provenance& of) const {
    return fmt::format("VALUE {} {} {}\r\n{}\r\n", values.name(of.key), value_maker::flags(of),
                       maker.size(of), value(of));
  }

  wire_protocol speaks = wire_protocol::redis;
  bool servers_may_forget = false;
  const key_space values{"k", 8, 2};
  const key_space counters{"n", 8, 2};
  const value_maker maker{20, 20};
  ledger known{values, counters, 2, 1};
  std::map<key_number, holding> due;
  verdict seen;
};

struct redis_judge : reply_judge_test {};
struct memcache_judge : reply_judge_test {
  memcache_judge() { speaks = wire_protocol::memcache; }
};

TEST_F(redis_judge, takes_any_value_that_was_written_to_a_shared_key) {
  const provenance mine = write(0, 1);
  const provenance theirs = write(1, 1);

  EXPECT_EQ(judge(load_op::get, {1}, bulk(mine)), "right");
  EXPECT_EQ(judge(load_op::get, {1}, bulk(theirs)), "right");
  EXPECT_EQ(seen.hits, 1);
  EXPECT_EQ(judge(load_op::get, {1}, "$-1\r\n"), "right");
  EXPECT_EQ(seen.misses, 1);
}

TEST_F(redis_judge, knows_the_value_of_another_key) {
  const provenance other = write(1, 2);

  EXPECT_EQ(
      judge(load_op::get, {1}, bulk(other)),
      fmt::format("expected a value that was written to k00000001; got the value of k00000002 "
                  "by client 1, its write {}",
                  other.written.sequence));
}

TEST_F(redis_judge, knows_that_a_value_was_never_written) {
  const provenance last = write(1, 2);
  const provenance later{.key = 2, .written = {.writer = 1, .sequence = last.written.sequence + 1}};
  const provenance elsewhere{.key = 1, .written = last.written};
  const provenance nobody{.key = 2, .written = {.writer = 2, .sequence = 0}};
  const provenance preloaded{.key = 2, .written = {.writer = write_id::preloader, .sequence = 0}};

  EXPECT_TRUE(is_wrong(load_op::get, {2}, bulk(later)));
  EXPECT_TRUE(is_wrong(load_op::get, {1}, bulk(elsewhere)));
  EXPECT_TRUE(is_wrong(load_op::get, {2}, bulk(nobody)));
  EXPECT_TRUE(is_wrong(load_op::get, {2}, bulk(preloaded)));
  EXPECT_TRUE(is_wrong(load_op::get, {2}, "$5\r\nhello\r\n"));
  EXPECT_TRUE(is_wrong(load_op::get, {2}, "$0\r\n\r\n"));
}

TEST_F(redis_judge, wants_the_last_value_of_a_private_key) {
  const provenance first = write(0, 3);
  const provenance second = write(0, 3);

  EXPECT_EQ(judge(load_op::get, {3}, bulk(second)), "right");
  EXPECT_TRUE(is_wrong(load_op::get, {3}, bulk(first)));
  EXPECT_EQ(judge(load_op::get, {3}, "$-1\r\n"), "right");
  EXPECT_EQ(seen.lost, 1);
}

TEST_F(redis_judge, wants_what_the_private_key_held_when_it_was_asked) {
  const provenance first = write(0, 3);
  due[3] = known.due(3);
  const provenance second = write(0, 3);

  EXPECT_EQ(judge(load_op::get, {3}, bulk(first)), "right");
  EXPECT_TRUE(is_wrong(load_op::get, {3}, bulk(second)));
}

TEST_F(redis_judge, takes_what_may_be_once_there_is_doubt) {
  const provenance first = write(0, 3);
  write(0, 3);
  known.doubt(3);

  EXPECT_EQ(judge(load_op::get, {3}, bulk(first)), "right");
  EXPECT_EQ(judge(load_op::get, {3}, "$-1\r\n"), "right");
  EXPECT_EQ(seen.lost, 0);
  EXPECT_TRUE(is_wrong(load_op::get, {3}, bulk(write(1, 2))));
}

TEST_F(redis_judge, wants_nothing_where_it_has_deleted) {
  const provenance before = write(0, 3);
  known.erased(3);

  EXPECT_EQ(judge(load_op::get, {3}, "$-1\r\n"), "right");
  EXPECT_EQ(seen.lost, 0);
  EXPECT_EQ(judge(load_op::get, {3}, bulk(before)).substr(0, 45),
            "expected nothing, for k00000003 was deleted; ");
}

TEST_F(redis_judge, counts_what_is_deleted) {
  EXPECT_EQ(judge(load_op::del, {1}, ":0\r\n"), "right");
  EXPECT_EQ(judge(load_op::del, {1}, ":1\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::del, {1}, ":2\r\n"));
  EXPECT_TRUE(is_wrong(load_op::del, {1}, ":-1\r\n"));

  write(0, 3);
  EXPECT_EQ(judge(load_op::del, {3}, ":1\r\n"), "right");
  EXPECT_EQ(judge(load_op::del, {3}, ":0\r\n"), "right");
  EXPECT_EQ(seen.lost, 1);
  known.erased(3);
  EXPECT_EQ(judge(load_op::del, {3}, ":0\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::del, {3}, ":1\r\n"));
}

TEST_F(redis_judge, wants_private_counters_to_go_one_by_one) {
  EXPECT_EQ(judge(load_op::incr, {3}, ":5\r\n"), "right");
  EXPECT_EQ(judge(load_op::incr, {3}, ":6\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::incr, {3}, ":6\r\n"));
  EXPECT_EQ(judge(load_op::incr, {3}, ":8\r\n"), "expected n00000003 at exactly 7; got 8");

  known.doubt_counter(3);
  EXPECT_EQ(judge(load_op::incr, {3}, ":9\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::incr, {3}, ":9\r\n"));
}

TEST_F(redis_judge, wants_shared_counters_to_grow) {
  EXPECT_EQ(judge(load_op::incr, {1}, ":5\r\n"), "right");
  EXPECT_EQ(judge(load_op::incr, {1}, ":9\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::incr, {1}, ":9\r\n"));
  EXPECT_TRUE(is_wrong(load_op::incr, {1}, ":-1\r\n"));
}

TEST_F(redis_judge, takes_a_counter_that_begins_anew_for_lost_where_servers_may_forget) {
  servers_may_forget = true;

  EXPECT_EQ(judge(load_op::incr, {1}, ":5\r\n"), "right");
  EXPECT_EQ(judge(load_op::incr, {1}, ":2\r\n"), "right");
  EXPECT_EQ(seen.lost, 1);
  EXPECT_EQ(judge(load_op::incr, {1}, ":3\r\n"), "right");
  EXPECT_EQ(seen.lost, 0);
  EXPECT_TRUE(is_wrong(load_op::incr, {1}, ":0\r\n"));
}

TEST_F(redis_judge, wants_each_element_in_its_place) {
  const provenance a = write(0, 1);
  const provenance b = write(1, 2);

  EXPECT_EQ(judge(load_op::mget, {1, 2, 1, 0}, "*4\r\n" + bulk(a) + bulk(b) + bulk(a) + "$-1\r\n"),
            "right");
  EXPECT_EQ(seen.hits, 3);
  EXPECT_EQ(seen.misses, 1);
  EXPECT_TRUE(is_wrong(load_op::mget, {1, 2}, "*2\r\n" + bulk(b) + bulk(a)));
  EXPECT_TRUE(is_wrong(load_op::mget, {1, 2}, "*1\r\n" + bulk(a)));
  EXPECT_TRUE(is_wrong(load_op::mget, {1, 2}, "*3\r\n" + bulk(a) + bulk(b) + "$-1\r\n"));
  EXPECT_TRUE(is_wrong(load_op::mget, {1, 2}, "*2\r\n" + bulk(a) + ":1\r\n"));
  EXPECT_TRUE(is_wrong(load_op::mget, {1}, bulk(a)));
}

TEST_F(redis_judge, tells_the_kinds_of_replies_apart) {
  EXPECT_EQ(judge(load_op::set, {1}, "+OK\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::set, {1}, "+PONG\r\n"));
  EXPECT_TRUE(is_wrong(load_op::set, {1}, "$2\r\nOK\r\n"));
  EXPECT_TRUE(is_wrong(load_op::get, {1}, "+OK\r\n"));
  EXPECT_TRUE(is_wrong(load_op::get, {1}, ":1\r\n"));
  EXPECT_TRUE(is_wrong(load_op::get, {1}, "*1\r\n$-1\r\n"));
  EXPECT_TRUE(is_wrong(load_op::del, {1}, "+OK\r\n"));
  EXPECT_TRUE(is_wrong(load_op::incr, {1}, "$1\r\n1\r\n"));
  for (const load_op each : load_ops)
    EXPECT_EQ(judge(each, {1}, "-ERR no\r\n"), "refused");
}

TEST_F(memcache_judge, takes_values_of_keys_that_were_asked_in_their_order) {
  const provenance a = write(0, 1);
  const provenance b = write(1, 2);

  EXPECT_EQ(judge(load_op::mget, {1, 0, 2, 1}, block(a) + block(b) + block(a) + "END\r\n"),
            "right");
  EXPECT_EQ(seen.hits, 3);
  EXPECT_EQ(seen.misses, 1);
  EXPECT_EQ(seen.disordered, 0);
  EXPECT_EQ(judge(load_op::mget, {1, 2}, block(b) + block(a) + "END\r\n"), "right");
  EXPECT_EQ(seen.disordered, 1);
  EXPECT_TRUE(is_wrong(load_op::mget, {1, 2}, block(a) + block(a) + "END\r\n"));
  EXPECT_EQ(judge(load_op::get, {1}, block(b) + "END\r\n"),
            "expected a value that was written to k00000001; got VALUE of k00000002");
}

TEST_F(memcache_judge, looks_into_the_value) {
  const provenance a = write(0, 1);
  const provenance b = write(1, 2);
  std::string swapped = block(a);
  swapped.replace(swapped.find("\r\n") + 2, maker.size(b), value(b));
  std::string flags = block(a);
  flags.replace(0, flags.find("\r\n"), fmt::format("VALUE {} 99999 20", values.name(1)));

  EXPECT_EQ(judge(load_op::get, {1}, block(a) + "END\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::get, {1}, swapped + "END\r\n"));
  EXPECT_TRUE(is_wrong(load_op::get, {1}, flags + "END\r\n"));
}

TEST_F(memcache_judge, wants_private_keys_as_redis_does) {
  const provenance first = write(0, 3);
  const provenance second = write(0, 3);

  EXPECT_EQ(judge(load_op::get, {3}, block(second) + "END\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::get, {3}, block(first) + "END\r\n"));
  EXPECT_EQ(judge(load_op::get, {3}, "END\r\n"), "right");
  EXPECT_EQ(seen.lost, 1);
  EXPECT_EQ(judge(load_op::del, {3}, "NOT_FOUND\r\n"), "right");
  EXPECT_EQ(seen.lost, 1);
}

TEST_F(memcache_judge, tells_the_kinds_of_replies_apart) {
  EXPECT_EQ(judge(load_op::set, {1}, "STORED\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::set, {1}, "NOT_STORED\r\n"));
  EXPECT_TRUE(is_wrong(load_op::set, {1}, "END\r\n"));
  EXPECT_TRUE(is_wrong(load_op::get, {1}, "STORED\r\n"));
  EXPECT_EQ(judge(load_op::del, {1}, "DELETED\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::del, {1}, "STORED\r\n"));
  EXPECT_EQ(judge(load_op::incr, {1}, "7\r\n"), "right");
  EXPECT_TRUE(is_wrong(load_op::incr, {1}, "7\r\n"));
  EXPECT_TRUE(is_wrong(load_op::incr, {1}, "STORED\r\n"));
  EXPECT_EQ(judge(load_op::incr, {1}, "NOT_FOUND\r\n"), "right");
  EXPECT_EQ(seen.lost, 1);
  for (const load_op each : load_ops) {
    EXPECT_EQ(judge(each, {1}, "SERVER_ERROR no\r\n"), "refused");
    EXPECT_EQ(judge(each, {1}, "CLIENT_ERROR no\r\n"), "refused");
    EXPECT_EQ(judge(each, {1}, "ERROR\r\n"), "refused");
  }
}

TEST_F(memcache_judge, takes_an_error_in_the_place_of_end_for_one) {
  const provenance a = write(0, 1);

  EXPECT_EQ(judge(load_op::mget, {1, 2}, block(a) + "SERVER_ERROR no\r\n"), "refused");
}

}  // namespace
}  // namespace dovetail::sim::load
