#include "sim/picture/words.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace dovetail::sim {
namespace {

// The size of a bulk string, or of an array, or its beginning: it says nothing that its words do
// not.
bool is_size(std::string_view line) {
  return !line.empty() && (line[0] == '*' || line[0] == '$') &&
         line.substr(1).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string words(std::string_view bytes, std::size_t most) {
  const std::size_t size = bytes.size();
  std::string text;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find("\r\n");
    const std::string_view line = bytes.substr(0, end);
    if (!is_size(line)) {
      if (!text.empty()) text += ' ';
      text += line;
    }
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 2);
  }
  if (text.empty() && size > 0)
    text = "(" + std::to_string(size) + (size == 1 ? " byte)" : " bytes)");
  for (char& each : text) {
    if (each < ' ' || each > '~') each = '.';
  }
  if (text.size() > most) text = text.substr(0, most - 2) + "..";
  return text;
}

}  // namespace dovetail::sim
