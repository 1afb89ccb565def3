// A listener as the core owns it: where it listens, and the file of a unix socket.

#pragma once

#include <memory>
#include <optional>

#include "asio/acceptor.h"
#include "asio/loop.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "base/token.h"
#include "io/network.h"

namespace dovetail {

class asio_listener final : public io::listener {
 public:
  static result<std::unique_ptr<io::listener>> open(asio_loop::state& loop,
                                                    const endpoint& at,
                                                    const io::listen_options& how,
                                                    token who);
  ~asio_listener() override;

  void pause() override;
  void resume() override;
  endpoint where() const override;

 private:
  asio_listener(acceptor_ref acceptor, endpoint at, std::shared_ptr<const void> file);

  const acceptor_ref acceptor_;
  const endpoint at_;
  const std::shared_ptr<const void> file_;  // of a unix socket, perhaps with other loops
};

}  // namespace dovetail
