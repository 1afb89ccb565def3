// For a proxy of which nobody reads the log.

#pragma once

#include <string>
#include <string_view>
#include <system_error>

#include "base/time.h"
#include "proxy/proxy.h"

namespace dovetail {

struct silent_log final : log_sink {
  void client_closed(const std::string&, std::string_view, std::error_code) override {}
  void server_closed(const std::string&, const std::string&, std::string_view) override {}
  void server_ejected(const std::string&, const std::string&, std::string_view, duration) override {
  }
  void server_returned(const std::string&, const std::string&, duration) override {}
  void server_moved(const std::string&,
                    const std::string&,
                    std::string_view,
                    std::string_view) override {}
};

}  // namespace dovetail
