// The seam on Boost.Asio: one event loop of one worker. No Asio header is seen from here.

#pragma once

#include <functional>
#include <memory>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"

namespace dovetail {

class unix_share;

// A network whose events are told to one handler, from run(). Everything but post() and stop() is
// called on the thread of run(), or before it. The loop must outlive its sockets and listeners.
class asio_loop final : public io::network {
 public:
  // Loops that are given the same share accept from the same unix sockets; it outlives them.
  explicit asio_loop(unix_share* share = nullptr);

  // Waits for a name that is just being resolved.
  ~asio_loop() override;

  std::unique_ptr<io::socket> connect(const endpoint& to) override;

  // Resolves a host that is a name on the spot: listeners are opened before there is anybody to
  // keep waiting.
  result<std::unique_ptr<io::listener>> listen(const endpoint& at,
                                               const io::listen_options& how,
                                               token who) override;

  // Tells `to` of events, turn by turn, until stop(). Begins with an empty turn, so that the
  // handler can say when it wants to be woken. May be called again after it returned.
  void run(io::handler& to);

  // From any thread: runs `work` on the loop's thread, within a turn, in the order of the calls of
  // one thread. What is posted before run() waits for it.
  void post(std::move_only_function<void()> work);

  // From any thread: run() returns after one more turn. Before run() it makes the next one return.
  void stop();

  // The time as events carry it. For use on the loop's own thread, or before run().
  instant now() const;

  struct state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace dovetail
