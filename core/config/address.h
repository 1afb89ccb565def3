// The two kinds of line that name an address, and back.
//
//     listen    host:port            ::1:22121 or [::1]:22121     /path [octal mode]
//     server    host:port:weight[ name]     [v6]:port:weight[ name]     /path:weight[ name]
//
// Read from the right, as twemproxy does (nc_conf.c, conf_set_listen and conf_add_server).

#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/endpoint.h"
#include "config/config.h"

namespace dovetail {

struct listen_address {
  endpoint at;
  unsigned permissions = 0;

  bool operator==(const listen_address&) const = default;
};

// Errors are the reason, to be shown after file and line.
std::expected<listen_address, std::string> parse_listen(std::string_view line);
std::expected<server_config, std::string> parse_server(std::string_view line);

// Lines that parse to the same address again.
std::string listen_line(const endpoint& at, unsigned permissions);
std::string server_line(const server_config& server);

}  // namespace dovetail
