// Asio's errors in the words of the seam.

#pragma once

#include <system_error>

#include <boost/system/error_code.hpp>

namespace dovetail {

// errno's numbers keep their value and change the category. What Asio adds of its own becomes an
// input/output error; the end of a stream is the caller's to recognise before.
std::error_code to_errno(const boost::system::error_code& error);

}  // namespace dovetail
