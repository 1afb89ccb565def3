// Loads over real sockets: honest servers, and servers that lie once.

#include "sim/load/load_run.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "asio/loop.h"
#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "sim/load/mix.h"
#include "sim/load/tally.h"
#include "sim/load/workload.h"
#include "sim/model/client_program.h"
#include "sim/model/conversation.h"
#include "sim/model/memcache_server.h"
#include "sim/model/redis_server.h"
#include "sim/model/testing/served.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim::load {
namespace {

using std::chrono::milliseconds;
using testing::served;

constexpr std::uint32_t keys = 100;
constexpr int preloads = keys + 64;

// What becomes of one reply, the n-th of a connection; `before` is the reply in front of it.
using lie = std::function<std::string(int n, const std::string& reply, const std::string& before)>;

// An honest server with a liar at the door.
class liar final : public server {
 public:
  liar(std::unique_ptr<server> honest, lie tells)
      : honest_(std::move(honest)), tells_(std::move(tells)) {}

  std::unique_ptr<conversation> accept() override {
    return std::make_unique<talk>(honest_->accept(), tells_);
  }

 private:
  struct talk final : conversation {
    talk(std::unique_ptr<conversation> behind, const lie& tells)
        : honest(std::move(behind)), twist(tells) {}

    step serve(inbox& in, outbox& out, instant now) override {
      outbox said(in.pool());
      const step how = honest->serve(in, said, now);
      if (said.empty()) return how;
      std::string reply;
      std::span<const std::byte> piece;
      while (said.gather(std::span(&piece, 1)) == 1) {
        reply.append(reinterpret_cast<const char*>(piece.data()), piece.size());
        said.drop(piece.size());
      }
      out.append(twist(served++, reply, before));
      before = reply;
      return how;
    }

    std::unique_ptr<conversation> honest;
    const lie& twist;
    int served = 0;
    std::string before;
  };

  std::unique_ptr<server> honest_;
  lie tells_;
};

struct load_run_test : ::testing::TestWithParam<wire_protocol> {
  std::unique_ptr<server> honest() const {
    if (GetParam() == wire_protocol::redis) {
      return std::make_unique<redis_server>(redis_server::options());
    }
    return std::make_unique<memcache_server>(wall_clock());
  }

  workload_options work(const served& to, std::string_view asks) const {
    return {.speaks = GetParam(),
            .to = to.where(),
            .clients = 3,
            .pipeline = 8,
            .asks = *mix::parse(asks),
            .value_bytes_least = 16,
            .value_bytes_most = 500,
            .keys = keys};
  }

  // Runs it to its end, which must come by itself. Loads that lie to one client have one.
  void run(const workload_options& how, load_limits limits) {
    asio_loop loop;
    over = false;
    load = std::make_unique<load_run>(loop, how, limits, [&] {
      over = true;
      loop.stop();
    });
    ASSERT_TRUE(testing::run_until(loop, *load, [&] { return over; }));
    outcome = load->outcome();
    counts = load->counts();
    reason = outcome == load_outcome::done ? "" : load->reason();
    load.reset();
  }

  // A load of one client against a server that lies.
  void run_against(lie tells, std::string_view asks) {
    const served server(std::make_unique<liar>(honest(), std::move(tells)));
    workload_options how = work(server, asks);
    how.clients = 1;
    run(how, {.preloads = true, .asks = milliseconds(200), .waits_at_most = milliseconds(200)});
  }

  std::unique_ptr<load_run> load;
  bool over = false;
  load_outcome outcome = load_outcome::done;
  tally counts;
  std::string reason;
};

TEST_P(load_run_test, finds_nothing_wrong_with_an_honest_server) {
  const served server(honest());
  run(work(server, "get=60,set=20,mget7=10,del=5,incr=5"),
      {.preloads = true, .asks = milliseconds(300)});

  EXPECT_EQ(outcome, load_outcome::done) << reason;
  EXPECT_EQ(counts.errors(), 0);
  EXPECT_GT(counts.requests, 100);
  for (const std::uint64_t each : counts.of_op)
    EXPECT_GT(each, 0);
  EXPECT_GT(counts.hits, counts.misses);
  EXPECT_EQ(counts.disordered, 0);
  EXPECT_EQ(counts.took.total(), counts.requests);
}

TEST_P(load_run_test, finds_every_key_after_a_preload) {
  const served server(honest());
  run(work(server, "get=1"), {.preloads = true, .asks = milliseconds(100)});

  EXPECT_EQ(counts.misses, 0);
  EXPECT_GT(counts.hits, 100);
}

TEST_P(load_run_test, finds_every_key_that_an_earlier_load_has_preloaded) {
  const served server(honest());
  workload_options how = work(server, "get=50,mget7=40,incr=10");
  run(how, {.preloads = true, .asks = {}});
  how.preloaded = true;
  run(how, {.asks = milliseconds(100)});

  EXPECT_EQ(outcome, load_outcome::done) << reason;
  EXPECT_EQ(counts.errors(), 0);
  EXPECT_EQ(counts.misses, 0);
  EXPECT_GT(counts.hits, 100);
}

TEST_P(load_run_test, asks_in_batches_that_are_always_whole) {
  const served server(honest());
  workload_options how = work(server, "get=1");
  how.batches = true;
  how.pipeline = 61;
  run(how, {.asks = milliseconds(100)});

  EXPECT_EQ(counts.errors(), 0);
  EXPECT_GT(counts.requests, 61);
  EXPECT_EQ(counts.requests % 61, 0);
}

TEST_P(load_run_test, notices_keys_that_were_not_preloaded_after_all) {
  const served server(honest());
  workload_options how = work(server, "get=1");
  how.preloaded = true;
  run(how, {.asks = milliseconds(100)});

  EXPECT_GT(counts.lost, 0);
}

TEST_P(load_run_test, asks_at_a_fixed_rate) {
  const served server(honest());
  workload_options how = work(server, "get=1");
  how.rate = 1000;
  run(how, {.asks = milliseconds(500)});

  EXPECT_EQ(counts.errors(), 0);
  EXPECT_GE(counts.requests, 480);
  EXPECT_LE(counts.requests, 520);
}

TEST_P(load_run_test, notices_two_replies_that_are_swapped) {
  std::string held;
  run_against(
      [&held](int n, const std::string& reply, const std::string&) {
        if (n == preloads + 100) return held = reply, std::string();
        return n == preloads + 101 ? reply + held : reply;
      },
      "get=1");

  EXPECT_EQ(outcome, load_outcome::wrong_reply);
  EXPECT_TRUE(
      reason.starts_with("client 0, connection 0, request " + std::to_string(preloads + 100)))
      << reason;
}

TEST_P(load_run_test, notices_the_value_of_another_key) {
  run_against([](int n, const std::string& reply,
                 const std::string& before) { return n == preloads + 100 ? before : reply; },
              "get=1");

  EXPECT_EQ(outcome, load_outcome::wrong_reply);
  EXPECT_NE(reason.find("; got "), std::string::npos) << reason;
}

TEST_P(load_run_test, notices_a_reply_that_is_missing) {
  run_against([](int n, const std::string& reply,
                 const std::string&) { return n == preloads + 100 ? "" : reply; },
              "get=1");

  EXPECT_EQ(outcome, load_outcome::wrong_reply);
}

TEST_P(load_run_test, notices_a_reply_too_many) {
  run_against([](int n, const std::string& reply,
                 const std::string&) { return n == preloads + 100 ? reply + reply : reply; },
              "get=1");

  EXPECT_EQ(outcome, load_outcome::wrong_reply);
}

TEST_P(load_run_test, notices_a_byte_that_was_changed) {
  run_against(
      [](int n, const std::string& reply, const std::string&) {
        std::string changed = reply;
        if (n == preloads + 100) changed[changed.rfind("\r\n", changed.size() - 8) - 1] ^= 1;
        return changed;
      },
      "get=1");

  EXPECT_EQ(outcome, load_outcome::wrong_reply) << reason;
}

TEST_P(load_run_test, notices_what_is_no_reply_at_all) {
  run_against([](int n, const std::string& reply,
                 const std::string&) { return n == preloads + 100 ? "hello\r\n" : reply; },
              "set=1");

  EXPECT_EQ(outcome, load_outcome::wrong_reply);
  EXPECT_NE(reason.find("expected a reply; got hello"), std::string::npos) << reason;
}

TEST_P(load_run_test, counts_the_last_reply_if_it_never_comes) {
  run_against([](int n, const std::string& reply,
                 const std::string&) { return n >= preloads + 100 ? "" : reply; },
              "get=1");

  EXPECT_EQ(outcome, load_outcome::done);
  EXPECT_EQ(counts.unanswered, 8);
  EXPECT_EQ(counts.requests, 100);
}

TEST_P(load_run_test, counts_error_replies_by_their_text) {
  const std::string error =
      GetParam() == wire_protocol::redis ? "-OOM no memory\r\n" : "SERVER_ERROR out of memory\r\n";
  run_against([&](int n, const std::string& reply,
                  const std::string&) { return n >= preloads && n % 10 == 0 ? error : reply; },
              "get=50,set=50,mget3=10,del=10,incr=10");

  EXPECT_EQ(outcome, load_outcome::done) << reason;
  EXPECT_GT(counts.refused, 10);
  EXPECT_EQ(counts.texts[error.substr(0, error.size() - 2)], counts.refused);
  EXPECT_EQ(counts.errors(), counts.refused);
}

TEST_P(load_run_test, comes_back_when_a_connection_ends) {
  class leaves final : public server {
   public:
    explicit leaves(std::unique_ptr<server> honest) : honest_(std::move(honest)) {}
    std::unique_ptr<conversation> accept() override {
      return std::make_unique<talk>(honest_->accept());
    }

   private:
    struct talk final : conversation {
      explicit talk(std::unique_ptr<conversation> behind) : honest(std::move(behind)) {}
      step serve(inbox& in, outbox& out, instant now) override {
        return ++served > 100 ? step::hang_up : honest->serve(in, out, now);
      }
      std::unique_ptr<conversation> honest;
      int served = 0;
    };
    std::unique_ptr<server> honest_;
  };
  const served server(std::make_unique<leaves>(honest()));
  run(work(server, "get=50,set=50,del=10,incr=10"), {.asks = milliseconds(500)});

  EXPECT_EQ(outcome, load_outcome::done) << reason;
  EXPECT_GT(counts.ended, 5);
  EXPECT_GT(counts.unanswered, 0);
  EXPECT_GT(counts.requests, 500);
}

TEST_P(load_run_test, says_that_nobody_listens) {
  workload_options how;
  {
    const served gone(honest());
    how = work(gone, "get=1");
  }
  run(how, {});

  EXPECT_EQ(outcome, load_outcome::cannot_connect);
  EXPECT_EQ(reason, "Connection refused");
}

INSTANTIATE_TEST_SUITE_P(speaks,
                         load_run_test,
                         ::testing::Values(wire_protocol::redis, wire_protocol::memcache),
                         [](const auto& each) {
                           return each.param == wire_protocol::redis ? "redis" : "memcache";
                         });

}  // namespace
}  // namespace dovetail::sim::load
