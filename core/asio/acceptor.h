// The part of a listener that Asio's pending wait refers to: it accepts.

#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <boost/system/error_code.hpp>

#include "asio/loop_state.h"
#include "base/token.h"

namespace dovetail {

// Accepts what has arrived, a bounded number per turn, and waits again.
class asio_acceptor
    : public boost::intrusive_ref_counter<asio_acceptor, boost::thread_unsafe_counter> {
 public:
  using socket_type =
      boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol, asio_executor>;

  asio_acceptor(asio_loop::state& loop, token who);

  // Asio's acceptor, for who opens, binds and listens.
  socket_type& raw() { return socket_; }

  void pause() { paused_ = true; }
  void resume();
  void close();

 private:
  void arm();
  void on_wait();
  bool accept_one();
  void rest();

  asio_loop::state& loop_;
  socket_type socket_;
  asio_timer rest_;  // runs while out of descriptors
  const token who_;
  bool paused_ = false;
  bool armed_ = false;  // a wait is pending at Asio, for a connection or for the end of the rest
  bool closed_ = false;
};

using acceptor_ref = boost::intrusive_ptr<asio_acceptor>;

}  // namespace dovetail
