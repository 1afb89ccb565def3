#include "asio/loop.h"

#include <functional>
#include <memory>
#include <utility>

#include "asio/connector.h"
#include "asio/listener.h"
#include "asio/loop_state.h"
#include "asio/socket.h"
#include "asio/stream.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"

namespace dovetail {

asio_loop::asio_loop(unix_share* share) : state_(std::make_unique<state>()) {
  state_->share = share;
}

asio_loop::~asio_loop() = default;

std::unique_ptr<io::socket> asio_loop::connect(const endpoint& to) {
  stream_ref stream(new asio_stream(*state_, to_string(to)));
  start_connecting(*state_, stream, to);
  return std::make_unique<asio_socket>(std::move(stream));
}

result<std::unique_ptr<io::listener>> asio_loop::listen(const endpoint& at,
                                                        const io::listen_options& how,
                                                        token who) {
  return asio_listener::open(*state_, at, how, who);
}

void asio_loop::run(io::handler& to) {
  state_->run(to);
}

void asio_loop::post(std::move_only_function<void()> work) {
  state_->post(std::move(work));
}

void asio_loop::stop() {
  state_->stop();
}

instant asio_loop::now() const {
  return steady_now();
}

}  // namespace dovetail
