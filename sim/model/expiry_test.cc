// What the models do as time goes by, told in virtual time: the real servers are not asked to wait.

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/time.h"
#include "sim/model/memcache_server.h"
#include "sim/model/redis_server.h"
#include "sim/model/testing/parity.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr wall_clock in_2033{.at_zero = 2'000'000'000'000};

template <class Server>
class timeline {
 public:
  explicit timeline(Server& with) : talk_(with, 1U << 20) {}

  std::string ask(std::string_view line) {
    return talk_.ask(std::string(line) + "\r\n", now_).bytes;
  }

  void wait(duration for_so_long) { now_ += for_so_long; }

 private:
  testing::model_talk talk_;
  instant now_ = instant(seconds(5));
};

struct redis_expiry : ::testing::Test {
  redis_server server{{.clock = in_2033, .databases = 1, .password = {}}};
  timeline<redis_server> redis{server};
};

TEST_F(redis_expiry, a_key_lives_until_its_moment) {
  redis.ask("SET a 1 PX 1500");
  redis.ask("SET b 1 EX 100");

  redis.wait(milliseconds(1499));
  EXPECT_EQ(redis.ask("PTTL a"), ":1\r\n");
  EXPECT_EQ(redis.ask("GET a"), "$1\r\n1\r\n");
  redis.wait(milliseconds(1));
  EXPECT_EQ(redis.ask("GET a"), "$-1\r\n");
  EXPECT_EQ(redis.ask("TTL a"), ":-2\r\n");
  EXPECT_EQ(redis.ask("DBSIZE"), ":1\r\n");
}

TEST_F(redis_expiry, ttl_rounds_to_the_nearest_second) {
  redis.ask("SET a 1 PX 2600");

  EXPECT_EQ(redis.ask("TTL a"), ":3\r\n");
  redis.wait(milliseconds(101));
  EXPECT_EQ(redis.ask("TTL a"), ":2\r\n");
}

TEST_F(redis_expiry, absolute_moments_are_on_the_models_calendar) {
  redis.ask("SET a 1 EXAT 2000000007");

  EXPECT_EQ(redis.ask("PTTL a"), ":2000\r\n");
  redis.wait(seconds(2));
  EXPECT_EQ(redis.ask("EXISTS a"), ":0\r\n");
}

TEST_F(redis_expiry, a_hash_that_expired_makes_room_for_another_type) {
  redis.ask("HSET a f 1");
  redis.ask("PEXPIRE a 10");

  redis.wait(milliseconds(10));
  EXPECT_EQ(redis.ask("APPEND a x"), ":1\r\n");
  EXPECT_EQ(redis.ask("TTL a"), ":-1\r\n");
}

struct memcache_expiry_in_time : ::testing::Test {
  memcache_server server{in_2033};
  timeline<memcache_server> memcache{server};
};

TEST_F(memcache_expiry_in_time, an_item_lives_its_seconds) {
  memcache.ask("set a 0 2 1\r\nx");

  memcache.wait(milliseconds(1999));
  EXPECT_EQ(memcache.ask("mg a t"), "HD t1\r\n");
  memcache.wait(milliseconds(1));
  EXPECT_EQ(memcache.ask("get a"), "END\r\n");
}

TEST_F(memcache_expiry_in_time, touch_and_gat_prolong_it) {
  memcache.ask("set a 0 2 1\r\nx");

  EXPECT_EQ(memcache.ask("touch a 10"), "TOUCHED\r\n");
  memcache.wait(seconds(9));
  EXPECT_EQ(memcache.ask("gat 10 a"), "VALUE a 0 1\r\nx\r\nEND\r\n");
  memcache.wait(seconds(9));
  EXPECT_EQ(memcache.ask("mg a t"), "HD t1\r\n");
}

TEST_F(memcache_expiry_in_time, more_than_thirty_days_is_a_date) {
  memcache.ask("set a 0 2000000008 1\r\nx");
  memcache.ask("set b 0 2592001 1\r\nx");

  EXPECT_EQ(memcache.ask("mg a t"), "HD t3\r\n");
  EXPECT_EQ(memcache.ask("get b"), "END\r\n");
}

TEST_F(memcache_expiry_in_time, a_delayed_flush_takes_what_is_there_then) {
  memcache.ask("set a 0 0 1\r\nx");

  EXPECT_EQ(memcache.ask("flush_all 5"), "OK\r\n");
  EXPECT_EQ(memcache.ask("get a"), "VALUE a 0 1\r\nx\r\nEND\r\n");
  memcache.wait(seconds(5));
  EXPECT_EQ(memcache.ask("get a"), "END\r\n");
  EXPECT_EQ(memcache.ask("add a 0 0 1\r\ny"), "STORED\r\n");
}

TEST_F(memcache_expiry_in_time, one_client_wins_the_right_to_recache) {
  memcache.ask("ms a 1 T10\r\nx");

  memcache.wait(seconds(6));
  EXPECT_EQ(memcache.ask("mg a t l R5"), "HD t4 l6 W\r\n");
  EXPECT_EQ(memcache.ask("mg a R5"), "HD Z\r\n");
}

}  // namespace
}  // namespace dovetail::sim
