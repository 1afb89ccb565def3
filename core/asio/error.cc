#include "asio/error.h"

#include <system_error>

namespace dovetail {

std::error_code to_errno(const boost::system::error_code& error) {
  const bool is_errno = error.category() == boost::system::system_category() ||
                        error.category() == boost::system::generic_category();
  if (is_errno) return {error.value(), std::generic_category()};
  return std::make_error_code(std::errc::io_error);
}

}  // namespace dovetail
