// The part of a socket that Asio's pending waits refer to. It lives as long as the longest of them.
//
//     connecting ──connected──▶ open
//         │                      │
//         └──────failed──────────┴──close──▶ closed: whatever Asio still has to say is not passed
//         on

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "asio/loop_state.h"
#include "asio/op_memory.h"
#include "base/result.h"
#include "base/token.h"
#include "io/socket.h"

namespace dovetail {

// A stream of either family. Counted without atomics: it never leaves its loop's thread.
class asio_stream : public boost::intrusive_ref_counter<asio_stream, boost::thread_unsafe_counter> {
 public:
  using socket_type =
      boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, asio_executor>;

  // Connecting to what is called `name` in logs.
  asio_stream(asio_loop::state& loop, std::string name);

  // Asio's socket, for who connects, accepts or sets options.
  socket_type& raw() { return socket_; }
  bool closed() const { return phase_ == phase::closed; }

  // Ends the attempt, one way or the other. Tells who watches: only from handlers that the context
  // runs. `peer` is empty for a unix stream.
  void connected(std::string peer);
  void failed(std::error_code why);

  // For an accepted socket, which nobody can watch yet.
  void accepted(std::string peer);

  // As the functions of io::socket.
  result<std::size_t> read(std::span<std::byte> into);
  result<std::size_t> write(std::span<const io::const_buffer> from);
  void watch(io::readiness what, token who);
  void finish();
  std::string_view peer() const { return address_.empty() ? name_ : address_; }

  // Nothing is told any more. Waits come back as cancelled and let go of the stream.
  void close();

 private:
  enum class phase : unsigned char { connecting, open, failed, closed };

  struct direction {
    token who;
    bool watched = false;
    bool armed = false;      // a wait is pending at Asio
    std::uint64_t turn = 0;  // in which it was watched: told in a later one
    op_memory memory;
  };

  struct wait_handler;

  direction& of(io::readiness what) {
    return what == io::readiness::readable ? readable_ : writable_;
  }
  void watch_one(io::readiness what, token who);
  void arm(io::readiness what);
  void on_wait(io::readiness what);
  bool is_of_this_turn(const direction& at) const;
  void tell_of_attempt(io::readiness what);
  void tell(io::readiness what);

  asio_loop::state& loop_;
  socket_type socket_;
  phase phase_ = phase::connecting;
  bool finished_ = false;
  bool ended_ = false;           // a read has returned the peer's end, as every later one does
  std::error_code read_error_;   // repeated for ever
  std::error_code write_error_;  // likewise; what had arrived before can still be read
  direction readable_;
  direction writable_;
  const std::string name_;  // stays, so that views of it do
  std::string address_;     // once connected
};

using stream_ref = boost::intrusive_ptr<asio_stream>;

}  // namespace dovetail
