#include "asio/loop_state.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/error_code.hpp>

#include "asio/address.h"
#include "asio/loop.h"
#include "base/time.h"
#include "io/handler.h"

namespace dovetail {
namespace {

// The timer is never armed further ahead, so that no deadline overflows the clock's nanoseconds.
constexpr auto ahead_max = std::chrono::hours(24);

// So many names can be looked for at once.
constexpr std::size_t resolver_threads = 8;

}  // namespace

instant steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return instant(std::chrono::floor<duration>(now));
}

boost::asio::thread_pool& asio_loop::state::resolvers() {
  if (!resolvers_) resolvers_ = std::make_unique<boost::asio::thread_pool>(resolver_threads);
  return *resolvers_;
}

const address* asio_loop::state::silent_address(const std::string& name) const {
  const auto found = silent_.find(name);
  return found == silent_.end() ? nullptr : &found->second;
}

void asio_loop::state::speaks(const std::string& name, const address& at) {
  const auto found = silent_.find(name);
  if (found != silent_.end() && found->second == at) silent_.erase(found);
}

asio_loop::state::state()
    : context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), timer_(context.get_executor()) {}

instant asio_loop::state::enter_turn() {
  if (!turn_open_) {
    turn_open_ = true;
    ++turns_;
    now_ = steady_now();
    boost::asio::post(context, [this] { end_turn(); });
  }
  return now_;
}

std::size_t asio_loop::state::run(io::handler& to) {
  handler = &to;
  context.restart();
  now_ = steady_now();
  end_turn();
  const auto guard = boost::asio::make_work_guard(context);
  const std::size_t ran = context.run();
  handler = nullptr;
  return ran;
}

void asio_loop::state::end_turn() {
  wake_at(handler->on_turn_end(now_));
  turn_open_ = false;
  if (!stopping_) return;
  stopping_ = false;
  stop_asked_ = false;
  context.stop();
}

void asio_loop::state::post(std::move_only_function<void()> work) {
  boost::asio::post(context, [this, work = std::move(work)]() mutable {
    enter_turn();
    work();
  });
}

void asio_loop::state::stop() {
  if (stop_asked_.exchange(true)) return;
  post([this] { stopping_ = true; });
}

// Deadlines mostly move away: setting the kernel's timer anew for each would cost more than letting
// it fire early now and then.
void asio_loop::state::wake_at(std::optional<instant> when) {
  wanted_ = when;
  if (!when || (armed_ && *armed_ <= *when)) return;
  arm(*when);
}

void asio_loop::state::arm(instant when) {
  const instant at = std::min(when, steady_now() + ahead_max);
  armed_ = at;
  timer_.expires_at(std::chrono::steady_clock::time_point(at.time_since_epoch()));
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) on_timer();
  });
}

// May be late news of a timer that has been set anew since: then this sets it once more.
void asio_loop::state::on_timer() {
  armed_.reset();
  if (!wanted_) return;
  if (*wanted_ <= steady_now()) {
    enter_turn();
  } else {
    arm(*wanted_);
  }
}

}  // namespace dovetail
