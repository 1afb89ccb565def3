// Questions about where keys live, answered from configuration files alone.
//
//     dovetail explain -c FILE POOL KEY        which server, and why
//     dovetail -t -c FILE --diff OLD           how many keys would move

#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace dovetail {

// The command line of `dovetail explain`, without the program's name. Prints to stdout, errors to
// stderr; returns the exit status.
int run_explain(int argc, const char* const* argv);

// What is known of `key` in `pool`, lines of "name: value"; line end included.
std::string explain_key(const pool_config& pool, std::string_view key);

// The same as one JSON object, without a line end.
std::string explain_key_as_json(const pool_config& pool, std::string_view key);

// For each pool of either configuration the share of keys that live elsewhere in `after`, and what
// servers came and went; line end included.
std::string explain_change(const config& before, const config& after);

}  // namespace dovetail
