// What a peer, the network or the operator may make fail is a value.

#pragma once

#include <expected>
#include <system_error>

namespace dovetail {

// Errors of the network carry std::generic_category() (errno's numbers and texts), whatever
// implementation they come from.
template <class T>
using result = std::expected<T, std::error_code>;

inline std::unexpected<std::error_code> failure(std::errc code) {
  return std::unexpected(std::make_error_code(code));
}

}  // namespace dovetail
