// Requests typed by hand: a line of words instead of an array.
//
//     SET greeting "hello world"\r\n   →   *3\r\n$3\r\nSET\r\n$8\r\ngreeting\r\n$11\r\nhello
//     world\r\n

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message/request.h"

namespace dovetail::redis {

// Splits a line, its end removed, into words as redis does (sds.c, sdssplitargs): quotes of both
// kinds, escapes between double ones. Writes the request they make as an array to `encoded` and
// where its arguments are to `arguments` (both cleared before); a blank line makes none of either.
// False: a quote is not closed, or a closing one is not followed by a space.
bool encode_inline(std::string_view line, std::string& encoded, std::vector<extent>& arguments);

}  // namespace dovetail::redis
