#include "daemon/http.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace dovetail {
namespace {

constexpr std::size_t method_bytes_max = 16;
constexpr std::string_view version_stem = "HTTP/1.";

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_visible(char c) {
  return c > ' ' && c < '\x7f';
}

// Takes the text before the next space; all of it when there is none.
std::string_view take_word(std::string_view& from) {
  const std::size_t end = std::min(from.find(' '), from.size());
  const std::string_view word = from.substr(0, end);
  from.remove_prefix(std::min(end + 1, from.size()));
  return word;
}

// What has come of "HTTP/1.1\r\n".
http_reading read_version(std::string_view text) {
  const std::string_view stem = text.substr(0, version_stem.size());
  if (!version_stem.starts_with(stem)) return http_reading::foreign;
  text.remove_prefix(stem.size());
  if (!text.empty() && !is_digit(text.front())) return http_reading::foreign;
  const std::string_view rest = text.empty() ? text : text.substr(1, 2);
  if (!std::string_view("\r\n").starts_with(rest)) return http_reading::foreign;
  return rest.size() == 2 ? http_reading::complete : http_reading::incomplete;
}

// RFC 9112, 3: method SP request-target SP HTTP-version.
http_reading read_request_line(std::string_view line, http_head& into) {
  if (line.empty()) return http_reading::incomplete;
  into.method = take_word(line);
  if (into.method.empty() || into.method.size() > method_bytes_max) return http_reading::foreign;
  if (!std::ranges::all_of(into.method, is_capital)) return http_reading::foreign;
  if (line.empty()) return http_reading::incomplete;

  const std::size_t before = line.size();
  const std::string_view target = take_word(line);
  if (target.empty() || !std::ranges::all_of(target, is_visible)) return http_reading::foreign;
  if (target.size() == before) return http_reading::incomplete;
  into.target = target.substr(0, target.find('?'));
  return read_version(line);
}

}  // namespace

http_reading read_http_head(std::string_view bytes, http_head& into) {
  const http_reading line = read_request_line(bytes, into);
  if (line != http_reading::complete) return line;
  return bytes.contains("\r\n\r\n") ? http_reading::complete : http_reading::incomplete;
}

std::string http_response(std::string_view reason,
                          std::string_view content_type,
                          std::string_view body,
                          bool head_only,
                          std::string_view extra) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n{}",
      reason, content_type, body.size(), extra, head_only ? std::string_view() : body);
}

}  // namespace dovetail
