// RESP2, written: the replies the proxy gives itself and the requests it writes anew.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"

namespace dovetail::redis {

// "+text", which must be free of line ends.
inline void append_status(std::string& out, std::string_view text) {
  out.append("+").append(text).append("\r\n");
}

inline void append_number(std::string& out, char type, std::int64_t number) {
  out += type;
  out.append(decimal(number).text()).append("\r\n");
}

inline void append_integer(std::string& out, std::int64_t number) {
  append_number(out, ':', number);
}

inline void append_array_header(std::string& out, std::size_t elements) {
  append_number(out, '*', static_cast<std::int64_t>(elements));
}

inline void append_bulk(std::string& out, std::string_view bytes) {
  append_number(out, '$', static_cast<std::int64_t>(bytes.size()));
  out.append(bytes).append("\r\n");
}

inline constexpr std::string_view null_bulk_reply = "$-1\r\n";

// "-text", the code word included. Line ends become spaces, as redis networking.c does in
// addReplyErrorFormat, so that no text can end the reply early.
void append_error(std::string& out, std::string_view text);

// Redis's words for a command it does not know (server.c, rejectCommandFormat and
// commandCheckExistence of 7.0): at most 128 bytes of the name and about as many of arguments, each
// up to its first NUL. `argument(at)` for 0 … count-1 gives the request's arguments.
template <class Argument>
void append_unknown_command(std::string& out, std::size_t count, Argument argument) {
  constexpr std::size_t most = 128;
  const auto printed = [](std::string_view text, std::size_t bytes_max) {
    return text.substr(0, text.find('\0')).substr(0, bytes_max);
  };
  std::string arguments;
  for (std::size_t at = 1; at < count && arguments.size() < most; ++at) {
    const std::size_t room = most - arguments.size();
    arguments.append("'").append(printed(argument(at), room)).append("' ");
  }
  std::string text = "ERR unknown command '";
  text.append(printed(argument(0), most)).append("', with args beginning with: ");
  append_error(out, text.append(arguments));
}

// "-ERR wrong number of arguments for 'name' command".
void append_wrong_arity(std::string& out, std::string_view name);

}  // namespace dovetail::redis
