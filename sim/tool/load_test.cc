// The load generator itself, on real sockets: against model servers, Debian's, and the proxy.

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "daemon/testing/folder.h"
#include "sim/model/testing/parity.h"
#include "sim/model/testing/process.h"

namespace dovetail::sim {
namespace {

using testing::client;
using testing::free_port;
using testing::process;
using testing::real_server;
using words = std::vector<std::string>;

const std::string program = DOVETAIL_BIN "/dovetail-sim";
const std::string proxy_program = DOVETAIL_BIN "/dovetail";
const std::string mixed = "get=70,set=20,mget10=10,del=3,incr=3";

// What a process prints, to its end.
std::string output_of(const process& from) {
  std::string all;
  for (std::string line = from.read_line(); !line.empty(); line = from.read_line())
    all += line + "\n";
  return all;
}

// The number behind "name": in JSON; -1 when there is none.
long number(const std::string& json, const std::string& name) {
  const std::size_t at = json.find("\"" + name + "\":");
  return at == std::string::npos ? -1 : std::stol(json.substr(at + name.size() + 3));
}

real_server redis() {
  return real_server([](const std::string& port) {
    return words{"redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""};
  });
}

real_server memcached() {
  return real_server([](const std::string& port) {
    return words{"memcached", "-l", "127.0.0.1", "-p", port, "-U", "0", "-u", "nobody"};
  });
}

real_server model(const std::string& proto) {
  return real_server(
      [&](const std::string& port) { return words{program, "serve", "--" + proto, port}; });
}

// A proxy in front of some servers.
class proxied {
 public:
  // With `settings`, lines of its configuration, besides.
  proxied(const std::string& proto,
          const std::vector<std::uint16_t>& servers,
          const std::string& settings = "") {
    std::string conf = fmt::format("pool:\n  listen: 127.0.0.1:{}\n  redis: {}\n{}  servers:\n",
                                   port_, proto == "redis", settings);
    for (const std::uint16_t each : servers)
      conf += fmt::format("    - 127.0.0.1:{}:1\n", each);
    process_ = std::make_unique<process>(words{proxy_program, "-c", files_.write("pool.yml", conf),
                                               "-o", files_.file("log"), "-a", "127.0.0.1", "-s",
                                               std::to_string(free_port())});
    while (!client(port_).connected() && !process_->ended())
      poll(nullptr, 0, 10);
  }

  std::uint16_t port() const { return port_; }

 private:
  const folder files_;
  const std::uint16_t port_ = free_port();
  std::unique_ptr<process> process_;
};

struct run_of {
  int code = -1;
  std::string output;
};

run_of load(const std::string& proto, std::uint16_t port, const words& more) {
  words all{program, "load", "--proto", proto, "--port", std::to_string(port)};
  all.insert(all.end(), more.begin(), more.end());
  if (std::ranges::find(more, "--seconds") == more.end())
    all.insert(all.end(), {"--seconds", "0.5"});
  process loading(std::move(all));
  std::string output = output_of(loading);
  return {.code = loading.wait(), .output = std::move(output)};
}

void expect_clean(const std::string& proto, std::uint16_t port) {
  const run_of run = load(proto, port,
                          {"--conns", "8", "--pipeline", "8", "--mix", mixed, "--keyspace", "1000",
                           "--value-size", "16-20000", "--preload", "--json"});
  EXPECT_EQ(run.code, 0) << run.output;
  EXPECT_GT(number(run.output, "requests"), 100) << run.output;
  EXPECT_GT(number(run.output, "mget"), 0);
  EXPECT_EQ(number(run.output, "errors"), 0) << run.output;
  EXPECT_EQ(number(run.output, "disordered"), 0) << run.output;
}

TEST(load, finds_nothing_wrong_with_the_models) {
  for (const std::string proto : {"redis", "memcache"})
    expect_clean(proto, model(proto).port());
}

TEST(load, finds_nothing_wrong_with_redis_and_memcached) {
  expect_clean("redis", redis().port());
  expect_clean("memcache", memcached().port());
}

TEST(load, finds_nothing_wrong_with_the_proxy_before_several_servers) {
  const real_server a = redis();
  const real_server b = redis();
  expect_clean("redis", proxied("redis", {a.port(), b.port()}).port());

  const real_server c = memcached();
  const real_server d = memcached();
  expect_clean("memcache", proxied("memcache", {c.port(), d.port()}).port());
}

TEST(load, reports_to_people) {
  const real_server server = model("redis");
  const run_of run = load("redis", server.port(), {"--conns", "2"});

  EXPECT_EQ(run.code, 0);
  for (const auto* const part :
       {"requests  ", "keys      ", "latency   p50 ", "cpu       ", "errors    0\n"})
    EXPECT_NE(run.output.find(part), std::string::npos) << part << " in " << run.output;
}

TEST(load, ends_early_with_its_report_when_it_is_interrupted) {
  const real_server server = model("redis");
  process loading({program, "load", "--proto", "redis", "--port", std::to_string(server.port()),
                   "--seconds", "100", "--json"});
  // Until it has written something.
  const client other(server.port());
  for (std::string keys = ":0\r\n"; keys == ":0\r\n" && !loading.ended();) {
    poll(nullptr, 0, 10);
    other.send("DBSIZE\r\n");
    keys = other.receive_until("\n");
  }
  loading.signal(SIGINT);

  const std::string output = output_of(loading);
  EXPECT_EQ(loading.wait(), 0);
  EXPECT_GT(number(output, "requests"), 0) << output;
}

TEST(load, says_that_it_cannot_connect) {
  const std::uint16_t port = free_port();
  const run_of run = load("redis", port, {});

  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(
      run.output,
      fmt::format("dovetail-sim: cannot connect to 127.0.0.1:{}: Connection refused\n", port));
}

TEST(load, takes_errors_for_a_failure_unless_they_are_expected) {
  const std::uint16_t nobody = free_port();
  const proxied proxy("redis", {nobody});
  const run_of run = load("redis", proxy.port(), {"--conns", "2", "--json"});
  EXPECT_EQ(run.code, 3);
  EXPECT_GT(number(run.output, "refused"), 0) << run.output;
  EXPECT_NE(run.output.find("Connection refused"), std::string::npos) << run.output;

  EXPECT_EQ(load("redis", proxy.port(), {"--conns", "2", "--expect-errors"}).code, 0);
}

TEST(load, finds_no_wrong_reply_when_servers_stall_and_die) {
  for (const std::string proto : {"redis", "memcache"}) {
    std::optional<real_server> dies(model(proto));
    const real_server stalls = model(proto);
    const proxied proxy(proto, {dies->port(), stalls.port()}, "  timeout: 200\n");
    process loading({program, "load", "--proto", proto, "--port", std::to_string(proxy.port()),
                     "--conns", "8", "--pipeline", "8", "--mix", mixed, "--keyspace", "1000",
                     "--seconds", "2.5", "--preload", "--expect-errors", "--json"});
    poll(nullptr, 0, 700);
    stalls.signal(SIGSTOP);
    poll(nullptr, 0, 400);
    stalls.signal(SIGCONT);
    poll(nullptr, 0, 300);
    dies.reset();

    const std::string output = output_of(loading);
    EXPECT_EQ(loading.wait(), 0) << output;
    EXPECT_GT(number(output, "refused"), 0) << output;
  }
}

TEST(load, gives_a_port_of_the_other_protocol_up_and_says_why) {
  const real_server server = model("memcache");
  const run_of run = load("redis", server.port(), {"--conns", "2"});
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.output.find("given up: what came was no reply"), std::string::npos) << run.output;
  EXPECT_EQ(run.output.find("Success"), std::string::npos) << run.output;
}

TEST(load, ends_at_the_first_wrong_reply_and_tells_what_was_wrong) {
  const real_server server = memcached();
  const run_of run = load("redis", server.port(), {"--conns", "2", "--seconds", "100"});

  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.output.find("expected a reply; got ERROR"), std::string::npos) << run.output;
}

TEST(load, refuses_a_command_line_that_it_does_not_understand) {
  EXPECT_EQ(process({program, "load"}).wait(), 1);
  EXPECT_EQ(process({program, "load", "--proto", "http", "--port", "1"}).wait(), 1);
  for (const words& wrong :
       {words{"--mix", "sing=1"}, words{"--value-size", "15"}, words{"--value-size", "30-20"},
        words{"--keyspace", "3"}, words{"--conns", "0"}, words{"--pipeline", "0"},
        words{"--seconds", "-1"}, words{"--prefix", "a b"}, words{"--rate", "x"}}) {
    EXPECT_EQ(load("redis", 1, wrong).code, 1) << wrong[0] << " " << wrong[1];
  }
  const run_of preloaded = load("redis", 1, {"--preloaded", "--seconds", "0"});
  EXPECT_EQ(preloaded.code, 1);
  EXPECT_NE(preloaded.output.find("--preloaded requires --prefix"), std::string::npos)
      << preloaded.output;
  EXPECT_EQ(process({program, "load", "--proto", "redis"}).wait(), 1);
  EXPECT_EQ(process({program, "load", "--help"}).wait(), 0);
}

}  // namespace
}  // namespace dovetail::sim
