// In the steady state the loop allocates nothing. Counted below operator new, since Asio comes to
// its memory by aligned_alloc.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "asio/loop.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"

#if defined(__has_feature)
#define DOVETAIL_HAS_FEATURE(name) __has_feature(name)
#else
#define DOVETAIL_HAS_FEATURE(name) 0
#endif

namespace {

std::atomic<long> allocations = 0;

}  // namespace

#if DOVETAIL_HAS_FEATURE(address_sanitizer) || DOVETAIL_HAS_FEATURE(thread_sanitizer)

// The sanitizers bring an allocator of their own, which tells of each allocation.
#include <sanitizer/allocator_interface.h>

namespace {

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++allocations; }, [](const volatile void*) {});

}  // namespace

#else

// Stand before the C library's own, which goes on doing the work.
extern "C" {

void* __libc_malloc(std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;

void* malloc(std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, size);
}
}

#endif

namespace dovetail {
namespace {

// Asks and answers, one byte at a time, and moves its deadline with every turn as time-outs do.
// Reads from one end are watched for in the event, from the other at the turn's end.
class echo final : public io::handler {
 public:
  explicit echo(asio_loop& loop) : loop_(loop) {}

  void on_accept(token, std::unique_ptr<io::socket> peer, instant) override {
    server_ = std::move(peer);
    server_->watch(io::readiness::readable, {2, 1});
  }

  void on_ready(token who, io::readiness what, instant) override {
    if (what == io::readiness::writable) {
      ++writable_;
      ask_ = ask_ || rounds == 0;
      return;
    }
    std::array<std::byte, 64> room{};
    const auto size = (who.slot == 1 ? *client : *server_).read(room);
    ASSERT_EQ(size, 1);
    (who.slot == 1 ? ask_ : answer_) = true;
    if (who.slot == 2) server_->watch(io::readiness::readable, {2, 1});
  }

  std::optional<instant> on_turn_end(instant now) override {
    if (answer_) say(*server_);
    if (ask_) {
      if (++rounds == warm_rounds) before_ = allocations;
      client->watch(rounds % 8 == 0 ? io::readiness::both : io::readiness::readable, {1, 1});
      if (rounds == warm_rounds + measured_rounds) {
        allocated = allocations - before_;
        loop_.stop();
      } else {
        say(*client);
      }
    }
    ask_ = answer_ = false;
    return now + std::chrono::milliseconds(rounds % 2 == 0 ? 3 : 5);
  }

  static constexpr int warm_rounds = 500;
  static constexpr int measured_rounds = 10000;
  int rounds = 0;
  long allocated = -1;
  std::unique_ptr<io::socket> client;

 private:
  static void say(io::socket& to) {
    static constexpr std::array byte{std::byte{'x'}};
    const std::array pieces{io::const_buffer(byte)};
    ASSERT_EQ(to.write(pieces), 1);
  }

  asio_loop& loop_;
  std::unique_ptr<io::socket> server_;
  bool ask_ = false;
  bool answer_ = false;
  int writable_ = 0;
  long before_ = 0;
};

void talk_once(long& allocated) {
  asio_loop loop;
  auto door = loop.listen({.host = "127.0.0.1", .port = 0, .path = {}}, {}, {1, 1});
  echo talk(loop);
  talk.client = loop.connect((*door)->where());
  talk.client->watch(io::readiness::both, {1, 1});
  const long before = allocations;
  loop.run(talk);

  EXPECT_EQ(talk.rounds, echo::warm_rounds + echo::measured_rounds);
  EXPECT_GT(allocations, before) << "nothing is counted";
  allocated = talk.allocated;
}

// On a machine that stands still for longer than the deadlines are ahead, Asio has one operation
// more at a time than ever before, and keeps it: that is no steady state, and does not happen each
// time.
TEST(asio_loop, allocates_nothing_in_ten_thousand_round_trips) {
  long allocated = -1;
  for (int attempt = 0; attempt < 3 && allocated != 0; ++attempt)
    talk_once(allocated);
  EXPECT_EQ(allocated, 0);
}

}  // namespace
}  // namespace dovetail
