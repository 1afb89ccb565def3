#include "protocol/redis/replies.h"

#include <string>
#include <string_view>

namespace dovetail::redis {

void append_error(std::string& out, std::string_view text) {
  out += '-';
  for (const char c : text)
    out += c == '\r' || c == '\n' ? ' ' : c;
  out += "\r\n";
}

void append_wrong_arity(std::string& out, std::string_view name) {
  out.append("-ERR wrong number of arguments for '").append(name).append("' command\r\n");
}

}  // namespace dovetail::redis
