// Configuration file → configuration.

#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/config_error.h"

namespace dovetail {

struct parsed_config {
  config what;                                    // valid, pools and servers in their final order
  std::vector<config_error> warnings;             // what is allowed and hardly ever wanted
  std::map<std::string, position> listen_places;  // pool → where its address stands
  position workers_place;                         // of the value, if there is one
};

// Reads the text of a twemproxy configuration file; `file` is its name in the errors. Either the
// configuration is valid as a whole or every error that could be found is returned, in the order of
// the file, at least one.
std::expected<parsed_config, std::vector<config_error>> parse_config(std::string_view text,
                                                                     std::string file);

// Pools and servers by length of name, then bytes: twemproxy's order, which decides where modula
// and colliding ketama points place keys. Names must differ, as in every valid configuration.
void sort_as_twemproxy(config& what);

}  // namespace dovetail
