// What the parts of a loop share: Asio's context, the open turn and the wake-up. Seen inside this
// folder only.
//
//     event ──▶ enter_turn ──▶ handler.on_…      the first event of a turn posts its end; Asio's
//     event ──▶ enter_turn ──▶ handler.on_…      queue runs what is posted after the events it has
//               end_turn   ──▶ handler.on_turn_end ──▶ wake_at            and one epoll_wait(0)

#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "asio/address.h"
#include "asio/loop.h"
#include "base/time.h"
#include "io/handler.h"

namespace dovetail {

// Concrete, so that no call goes through Asio's type-erased executor.
using asio_executor = boost::asio::io_context::executor_type;
using asio_timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      asio_executor>;

// The steady clock in microseconds, rounded down.
instant steady_now();

struct asio_loop::state {
  state();

  // What tells the handler something calls this first: begins a turn unless one is open, and
  // returns its time. Only from handlers that the context runs.
  instant enter_turn();

  // The number of the open turn; 0 when none is.
  std::uint64_t open_turn() const { return turn_open_ ? turns_ : 0; }

  // Returns how many of Asio's handlers ran, for tests that nothing spins.
  std::size_t run(io::handler& to);

  // From any thread. Asking again before run() has returned changes nothing.
  void stop();

  // From any thread.
  void post(std::move_only_function<void()> work);

  // The scheduler is locked, so that other threads may post and names be resolved; the reactor and
  // the sockets are not, since one thread runs them.
  boost::asio::io_context context;
  io::handler* handler = nullptr;  // set while running
  unix_share* share = nullptr;     // of unix sockets with other loops

  // Threads for names, made with the first one; joined before the rest goes.
  boost::asio::thread_pool& resolvers();

  // Which address of a name (host:port) did not answer before an attempt was given up; null: none,
  // or it has answered since.
  const address* silent_address(const std::string& name) const;
  void is_silent(const std::string& name, const address& at) { silent_[name] = at; }
  void speaks(const std::string& name, const address& at);

 private:
  void end_turn();
  void wake_at(std::optional<instant> when);
  void arm(instant when);
  void on_timer();

  bool turn_open_ = false;
  std::uint64_t turns_ = 0;
  bool stopping_ = false;  // with the open turn
  std::atomic<bool> stop_asked_ = false;
  instant now_{};                  // of the open turn
  std::optional<instant> wanted_;  // when the handler wants to be told again
  std::optional<instant> armed_;   // when the timer fires; not later than wanted_
  asio_timer timer_;
  std::map<std::string, address> silent_;
  std::unique_ptr<boost::asio::thread_pool> resolvers_;
};

}  // namespace dovetail
