// A socket as the core owns it: destroying it closes the stream behind it.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "asio/stream.h"
#include "base/result.h"
#include "base/token.h"
#include "io/socket.h"

namespace dovetail {

class asio_socket final : public io::socket {
 public:
  explicit asio_socket(stream_ref stream);
  ~asio_socket() override;

  result<std::size_t> read(std::span<std::byte> into) override;
  result<std::size_t> write(std::span<const io::const_buffer> from) override;
  void watch(io::readiness what, token who) override;
  void finish() override;
  void keep_alive(const io::keep_alive_options& how) override;
  std::string_view peer() const override;

  // The kernel's descriptor, for tests that set options; -1 when there is none.
  int descriptor() const;

 private:
  const stream_ref stream_;
};

}  // namespace dovetail
