// What the simulated network offers beyond the seam: eager hosts, and who watches.

#include "sim/net/network.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/network_fixture.h"

namespace dovetail::sim {
namespace {

// Repeats what it hears, and closes when its peer does.
class echo final : public io::handler {
 public:
  void on_accept(token, std::unique_ptr<io::socket> peer, instant) override {
    end_ = std::move(peer);
    end_->watch(io::readiness::readable, {1, 1});
  }
  void on_ready(token, io::readiness, instant) override {
    std::string room(100, '\0');
    const auto size = end_->read(std::as_writable_bytes(std::span(room)));
    if (size == 0) return end_.reset();
    const io::const_buffer heard = std::as_bytes(std::span(room)).first(size.value_or(0));
    (void)end_->write({&heard, 1});
    end_->watch(io::readiness::readable, {1, 1});
  }
  std::optional<instant> on_turn_end(instant) override { return std::nullopt; }

 private:
  std::unique_ptr<io::socket> end_;
};

TEST_F(network_test, an_eager_host_has_done_everything_before_the_chooser_is_asked) {
  net.how().cuts = cutting::anywhere;
  host& prompt = net.add_host("prompt", true);
  echo repeats;
  prompt.attach(repeats);
  const auto door = prompt.listen(stall, {}, {1, 1});
  io::socket& end = client.connect(stall);
  net.settle();
  net.list(possible);
  ASSERT_EQ(possible.size(), 1);
  net.perform(possible[0]);
  write(end, "hello");
  const std::size_t asked = choices.asked.size();
  net.settle();
  EXPECT_EQ(choices.asked.size(), asked);
  EXPECT_EQ(read(end), "'hello'");
}

TEST_F(network_test, what_others_see_of_an_eager_host_is_still_asked) {
  net.how().loses = true;
  host& prompt = net.add_host("prompt", true);
  echo repeats;
  prompt.attach(repeats);
  const auto door = prompt.listen(stall, {}, {1, 1});
  io::socket& end = client.connect(stall);
  calm();
  write(end, "hello");
  net.settle();
  choices.answers = {1};
  net.abort(link_of(end), 0);
  EXPECT_TRUE(choices.answers.size() == 1) << "the eager end's loss is nobody's choice";

  io::socket& other = client.connect(stall);
  calm();
  write(other, "hello");
  net.settle();
  net.reset(link_of(other));
  EXPECT_EQ(read(other), reset_text);
}

TEST_F(network_test, nobody_settles_in_the_middle_of_a_turn) {
  net.how().batches = true;
  host& prompt = net.add_host("prompt", true);
  echo repeats;
  prompt.attach(repeats);
  const auto door = prompt.listen(stall, {}, {1, 1});
  auto [here, there] = pair();
  here.watch(io::readiness::writable, {0, 1});
  perform(kind::writable);
  client.connect(stall);
  net.settle();
  EXPECT_TRUE(net.in_turn());
  EXPECT_EQ(net.links().back()->accepted, 0);
  perform(kind::turn_end);
  net.settle();
  EXPECT_EQ(net.links().back()->accepted, 1);
}

// --- who watches the network

TEST_F(network_test, a_tap_hears_what_was_taken_and_who_let_go) {
  struct listener final : network_tap {
    void on_written(const link&, int side, std::string_view bytes) override {
      heard += std::to_string(side) + ":" + std::string(bytes) + " ";
    }
    void on_written_to_nobody(const link&, int) override { heard += "nobody "; }
    void on_gone(const link& at) override { heard += "gone " + std::to_string(at.id) + " "; }
    void on_dropped(const link& at) override { heard += "dropped " + std::to_string(at.id) + " "; }
    void on_lost_time(duration) override { heard += "late "; }
    std::string heard;
  } tap;
  net.how().stream_bytes_max = 4;
  auto [here, there] = pair();
  net.set_tap(&tap);
  write(here, "hello");
  write(there, "bye");
  const std::uint32_t id = link_of(here).id;
  net.abort(link_of(here), 0);
  write(there, "finds that out");
  write(there, "knew that");
  client.sockets.clear();
  server.sockets.clear();
  EXPECT_EQ(tap.heard, "0:hell 1:bye gone " + std::to_string(id) + " nobody dropped " +
                           std::to_string(id) + " ");
  net.set_tap(nullptr);
}

TEST_F(network_test, links_are_found_until_both_ends_have_let_go) {
  auto [here, there] = pair();
  const std::uint32_t first = link_of(here).id;
  pair();
  EXPECT_EQ(net.links().size(), 2);
  client.sockets.pop_front();
  EXPECT_NE(net.find(first), nullptr);
  server.sockets.pop_front();
  EXPECT_EQ(net.find(first), nullptr);
  EXPECT_EQ(net.links().size(), 1);
  EXPECT_EQ(net.find(net.links()[0]->id), net.links()[0].get());
}

}  // namespace
}  // namespace dovetail::sim
