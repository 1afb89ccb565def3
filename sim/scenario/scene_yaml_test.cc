#include "sim/scenario/scene_yaml.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "config/config_error.h"
#include "sim/net/network.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

using namespace std::chrono_literals;

// Every field is something else than its default, but for what only redis has.
scene unusual() {
  scene of;
  of.redis = false;
  of.servers = 3;
  of.lanes = 2;
  of.timeout = 400ms;
  of.eager = of.preconnect = false;
  of.stay = true;
  of.blocks_max = 7;
  of.block_bytes = 4096;
  of.net = {.cuts = cutting::anywhere,
            .batches = true,
            .leaps = true,
            .loses = true,
            .stale = true,
            .lag = 3us,
            .lateness = 2s,
            .stream_bytes_max = 100};
  of.faults_max = 5;
  for (std::size_t each = 0; each < faults; ++each)
    of.budget[each] = static_cast<std::uint8_t>(each);
  for (const verb each :
       {verb::get, verb::set, verb::incr, verb::quiet, verb::echo, verb::unknown, verb::quit}) {
    of.clients.resize(1);
    of.clients[0].steps.push_back({.what = each, .owners = {2}});
  }
  of.clients.push_back({.steps = {{.what = verb::gets, .owners = {0, 1, 2}},
                                  {.what = verb::sets, .owners = {1, 1}},
                                  {.what = verb::del, .owners = {2, 0}}},
                        .window = 2,
                        .pause = 1500us});
  of.eject_after = 3;
  of.eject_rehash = false;
  of.per_key = true;
  of.client_idle_timeout = std::chrono::milliseconds(250);
  of.clients_max = 4;
  of.requests_max = 5;
  of.reply_bytes_max = 6;
  of.server_outbox_bytes_max = 7;
  of.pool_bytes_max = 8;
  of.exact = {{.words = false,
               .bytes = "get <s1>\n\"\\ \t\xff\r\n",
               .parts = {{.server = 1, .wire = "get <s1>\r\n", .answer = "END\r\n"},
                         {.server = 2, .wire = "x", .answer = ""}},
               .reply = "CLIENT_ERROR *",
               .replied = true},
              {.words = false, .bytes = "a", .parts = {}, .reply = {}, .replied = false}};
  of.clients.push_back(
      {.steps = {{.what = verb::exact, .exact = 0}, {.what = verb::exact, .exact = 1}},
       .late = true});
  return of;
}

TEST(scene_yaml, reads_back_what_it_prints) {
  const std::string text = print_scene(unusual());
  const auto read = parse_scene(text, "scene.yml");
  ASSERT_TRUE(read.has_value()) << to_string(read.error().front()) << "\n" << text;
  EXPECT_EQ(*read, unusual()) << text;
}

TEST(scene_yaml, reads_back_the_password_of_redis) {
  scene of;
  of.password = true;
  of.clients = {{.steps = {{.what = verb::auth}}}};
  const auto read = parse_scene(print_scene(of), "scene.yml");
  ASSERT_TRUE(read.has_value()) << to_string(read.error().front());
  EXPECT_EQ(*read, of);
}

TEST(scene_yaml, leaves_at_its_default_what_is_not_said) {
  const auto read = parse_scene("clients: [{requests: [get]}]", "scene.yml");
  ASSERT_TRUE(read.has_value());
  scene plain;
  plain.clients.resize(1);
  plain.clients[0].steps.resize(1);
  EXPECT_EQ(*read, plain);
}

struct mistake {
  std::string_view text;
  std::string_view said;
};

class wrong_scene : public ::testing::TestWithParam<mistake> {};

TEST_P(wrong_scene, is_refused_with_line_key_and_reason) {
  const auto read = parse_scene(GetParam().text, "x.yml");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(to_string(read.error().front()), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    scene_yaml,
    wrong_scene,
    ::testing::Values(
        mistake{"servers: 1\ntimeuot: 4ms\n",
                R"(x.yml:2:1: key "timeuot": "timeuot" is not known; did you mean "timeout"?)"},
        mistake{"timeout: soon\n",
                R"(x.yml:1:10: key "timeout": "soon" is not a time such as 3us, 400ms or 1s)"},
        mistake{"servers: 17\n", R"(x.yml:1:10: key "servers": "17" is not a number from 1 to 16)"},
        mistake{"servers: 0\n", R"(x.yml:1:10: key "servers": "0" is not a number from 1 to 16)"},
        mistake{"lanes: 0\n", R"(x.yml:1:8: key "lanes": "0" is not a number from 1 to 64)"},
        mistake{"lanes: 4000000000\n",
                R"(x.yml:1:8: key "lanes": "4000000000" is not a number from 1 to 64)"},
        mistake{"block_bytes: 0\n",
                R"(x.yml:1:14: key "block_bytes": "0" is not a number from 1 to 16777216)"},
        mistake{"net: {stream_bytes_max: 0}\n",
                R"(x.yml:1:25: key "stream_bytes_max": "0" is not a number from 1 to 1073741824)"},
        mistake{"requests_max: 0\n",
                R"(x.yml:1:15: key "requests_max": "0" is not a number from 1 to 1000000)"},
        mistake{"reply_bytes_max: 0\n",
                R"(x.yml:1:18: key "reply_bytes_max": "0" is not a number from 1 to 1073741824)"},
        mistake{"protocol: memcache\npassword: true\n",
                R"(x.yml:2:11: key "password": only servers of redis want one)"},
        mistake{"protocol: memcache\nclients: [{requests: [auth]}]\n",
                R"(x.yml:2:23: key "requests": only redis is told a password)"},
        mistake{"clients:\n  - requests:\n      - {words: \"GET <s7>\", forwards: same}\n",
                R"(x.yml:3:17: key "words": "<s7>" is a key of no server: s0 to s0)"},
        mistake{"clients:\n  - requests:\n      - {words: GET <s0>, forwards: {s0: GET <s1.2>}}\n",
                R"(x.yml:3:42: key "s0": "<s1.2>" is a key of no server: s0 to s0)"},
        mistake{"clients:\n  - requests:\n      - {words: SET <s0> <99999999>, forwards: same}\n",
                R"(x.yml:3:17: key "words": "<99999999>" are more than 16777216 bytes)"},
        mistake{"servers: many\n",
                R"(x.yml:1:10: key "servers": "many" is not a number from 1 to 16)"},
        mistake{"eager: yes\n", R"(x.yml:1:8: key "eager": "yes" is neither true nor false)"},
        mistake{"net: {cuts: halfs}\n",
                R"(x.yml:1:13: key "cuts": "halfs" is not known; did you mean "halves"?)"},
        mistake{"faults: {client_rest: 1}\n",
                R"(x.yml:1:10: key "client_rest": "client_rest" is not known; )"
                R"(did you mean "client_reset"?)"},
        mistake{"clients:\n  - requests:\n      - gat s0\n",
                R"(x.yml:3:9: key "requests": "gat" is not known; did you mean "get"?)"},
        mistake{"clients:\n  - requests: [get s1]\n",
                R"(x.yml:2:16: key "requests": "s1" is no server: s0 to s0)"},
        mistake{"clients:\n  - requests: [incr s0 s0]\n",
                R"(x.yml:2:16: key "requests": "incr" takes one key)"},
        mistake{"servers: 1\nservers: 2\n", R"(x.yml:2:1: key "servers": is there twice)"},
        mistake{
            "clients:\n  - {late: true}\n  - {late: false}\n",
            R"(x.yml:3:5: key "clients": comes behind a late client, and so is to be late, too)"},
        mistake{"clients: {}\n", R"(x.yml:1:10: key "clients": is to be a list)"},
        mistake{"servers: [1\n", "x.yml:2:1: this is not YAML: end of sequence flow not found"}));

}  // namespace
}  // namespace dovetail::sim
