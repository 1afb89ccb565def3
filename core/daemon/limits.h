// How many connections the process may have.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "config/config.h"

namespace dovetail {

// Raises the soft limit of open descriptors to the hard one; returns what holds afterwards.
std::uint64_t raise_descriptor_limit();

// The most clients that each of `workers` may have, all pools together, so that its connections to
// servers and its listeners always find a descriptor: as twemproxy reckons (nc_core.c,
// core_calc_connections), 32 being for everything else. Where nothing is left it is an error;
// twemproxy goes on without a limit.
std::expected<std::size_t, std::string> clients_per_worker(const config& with,
                                                           std::uint64_t descriptors,
                                                           int workers);

}  // namespace dovetail
