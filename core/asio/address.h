// Addresses as the kernel takes them, of either family: what an endpoint becomes.

#pragma once

#include <optional>
#include <string>

#include <boost/asio/generic/stream_protocol.hpp>

#include "base/endpoint.h"
#include "base/result.h"

namespace dovetail {

using address = boost::asio::generic::stream_protocol::endpoint;

// Nothing when the host is a name and needs to be resolved.
std::optional<address> numeric_address(const endpoint& at);

// Fails with filename_too_long beyond what the kernel's address can hold.
result<address> unix_address(const std::string& path);

bool is_tcp(const address& at);

// The address in numbers, or the path. Empty for a unix socket without a name.
endpoint to_endpoint(const address& at);

}  // namespace dovetail
