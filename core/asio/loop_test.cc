#include "asio/loop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "asio/contract_world.h"
#include "asio/loop_state.h"
#include "base/time.h"
#include "base/token.h"
#include "io/contract_scene.h"
#include "io/handler.h"
#include "io/socket.h"

namespace dovetail {
namespace {

// Wants nothing, counts turns.
class idle_handler : public io::handler {
 public:
  void on_accept(token, std::unique_ptr<io::socket>, instant) override {}
  void on_ready(token, io::readiness, instant) override {}
  std::optional<instant> on_turn_end(instant) override {
    ++turns;
    if (at_turn_end) at_turn_end();
    return std::nullopt;
  }

  int turns = 0;
  std::function<void()> at_turn_end;
};

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(asio_loop, can_be_stopped_before_it_runs) {
  asio_loop loop;
  idle_handler idle;
  loop.stop();
  loop.run(idle);
  EXPECT_GE(idle.turns, 1);
}

TEST(asio_loop, is_stopped_once_however_often_it_was_asked) {
  asio_loop loop;
  idle_handler idle;
  loop.stop();
  loop.stop();
  idle.at_turn_end = [&] { loop.stop(); };
  loop.run(idle);

  bool reached = false;
  idle.at_turn_end = nullptr;
  loop.post([&] { loop.post([&] { loop.post([&] { reached = true; }); }); });
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    loop.stop();
  });
  loop.run(idle);
  stopper.join();
  EXPECT_TRUE(reached);
}

TEST(asio_loop, is_stopped_by_another_thread) {
  asio_loop loop;
  idle_handler idle;
  std::thread stopper([&] { loop.stop(); });
  loop.run(idle);
  stopper.join();
}

TEST(asio_loop, runs_what_other_threads_post_in_each_ones_order_and_within_a_turn) {
  constexpr int posts = 1000;
  asio_loop loop;
  idle_handler idle;
  std::vector<std::vector<int>> seen(4);
  std::atomic<int> finished = 0;
  std::vector<std::thread> threads;
  threads.reserve(seen.size());
  for (auto& mine : seen) {
    threads.emplace_back([&] {
      for (int i = 0; i < posts; ++i)
        loop.post([&mine, i] { mine.push_back(i); });
      loop.post([&] {
        if (++finished == 4) loop.stop();
      });
    });
  }
  int turns_after_last = 0;
  idle.at_turn_end = [&] { turns_after_last += finished == 4 ? 1 : 0; };
  loop.run(idle);
  for (std::thread& each : threads)
    each.join();

  EXPECT_GE(turns_after_last, 1);
  for (const auto& mine : seen) {
    EXPECT_EQ(mine.size(), posts);
    EXPECT_TRUE(std::ranges::is_sorted(mine));
  }
}

TEST(asio_loop, two_loops_run_in_two_threads) {
  const auto echo_for_a_while = [] {
    idle_handler idle;
    asio_loop loop;
    auto door = loop.listen({.host = "127.0.0.1", .port = 0, .path = {}}, {}, {1, 1});
    ASSERT_TRUE(door.has_value());
    std::vector<std::unique_ptr<io::socket>> all;
    for (int i = 0; i < 50; ++i) {
      all.push_back(loop.connect((*door)->where()));
      all.back()->watch(io::readiness::both, {2, 1});
    }
    idle.at_turn_end = [&] {
      if (idle.turns > 20) loop.stop();
      loop.post([] {});
    };
    loop.run(idle);
  };
  std::thread other(echo_for_a_while);
  echo_for_a_while();
  other.join();
}

TEST(asio_loop, may_be_destroyed_with_work_and_waits_outstanding) {
  auto alive = std::make_shared<int>(1);
  {
    asio_loop loop;
    auto door = loop.listen({.host = "127.0.0.1", .port = 0, .path = {}}, {}, {1, 1});
    auto hearing = loop.connect((*door)->where());
    auto resolving = loop.connect({.host = "localhost", .port = 1, .path = {}});
    auto failing = loop.connect({.host = {}, .port = 0, .path = "/nowhere/at/all"});
    for (auto* each : {&hearing, &resolving, &failing}) {
      (*each)->watch(io::readiness::both, {2, 1});
    }
    loop.post([alive] {});
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(asio_loop, a_loop_that_has_run_may_be_destroyed_with_waits_outstanding) {
  asio_loop loop;
  idle_handler idle;
  auto door = loop.listen({.host = "127.0.0.1", .port = 0, .path = {}}, {}, {1, 1});
  auto one = loop.connect((*door)->where());
  one->watch(io::readiness::both, {2, 1});
  idle.at_turn_end = [&] {
    if (idle.turns == 5) loop.stop();
    loop.post([] {});
  };
  loop.run(idle);
  one->watch(io::readiness::both, {2, 1});
}

TEST(asio_loop, does_not_spin_for_a_wake_up_at_the_end_of_time) {
  class patient final : public io::handler {
   public:
    void on_accept(token, std::unique_ptr<io::socket>, instant) override {}
    void on_ready(token, io::readiness, instant) override {}
    std::optional<instant> on_turn_end(instant) override { return instant::max(); }
  };
  asio_loop::state loop;
  patient waits;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    loop.stop();
  });
  EXPECT_LT(loop.run(waits), 10);
  stopper.join();
}

using leak = io::contract_scene<asio_tcp_world>;

TEST_F(leak, a_thousand_connections_come_and_go_and_leave_no_descriptor) {
  auto door = listen_at(world.free_address());
  instead_of_accepting = [](token, std::unique_ptr<io::socket> peer) { peer.reset(); };
  pass(std::chrono::milliseconds(1));
  const std::size_t before = open_descriptors();

  for (int round = 0; round < 50; ++round) {
    std::vector<io::side*> some;
    some.reserve(20);
    for (int i = 0; i < 20; ++i)
      some.push_back(&connect_to(door->where()));
    ASSERT_TRUE(until([&] {
      return std::ranges::all_of(some, [](const io::side* one) { return one->over(); });
    }));
    for (io::side* one : some)
      one->hang_up();
  }
  pass(std::chrono::milliseconds(5));
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace dovetail
