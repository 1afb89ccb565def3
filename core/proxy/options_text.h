// A proxy's options as lines of text, for a recording: who runs it again makes the proxy alike.

#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "proxy/proxy.h"

namespace dovetail {

using named_values = std::vector<std::pair<std::string, std::string>>;

// Without `after_trim` and `slow`, which are not the proxy's own.
named_values describe_options(const proxy_options& what);

// Names that it does not know are passed over; the error is about a value that cannot be read, or a
// name that is missing.
std::expected<proxy_options, std::string> options_from(const named_values& text);

}  // namespace dovetail
