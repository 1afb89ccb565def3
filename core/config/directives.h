// The keys of a pool that have a single value.

#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "config/config.h"

namespace dovetail {

struct directive {
  std::string_view name;

  // Sets what `text` means, or says why it means nothing.
  std::expected<void, std::string> (*set)(std::string_view text, pool_config& of);
};

// Every key twemproxy 0.5.0 knows, `servers` apart, `reuseport` of its later master, and ours.
std::span<const directive> directives();

// The directive of this name, or null.
const directive* directive_named(std::string_view name);

// What to say about a key that is none.
std::string unknown_key(std::string_view name);

}  // namespace dovetail
