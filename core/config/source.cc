#include "config/source.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "config/config_error.h"

namespace dovetail {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_forbidden_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

// The first byte that cannot be in a configuration file is told to `errors`.
bool has_valid_bytes(std::string_view text, error_list& errors) {
  position at{1, 1};
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      errors.add(at, "", "", fmt::format("byte 0x{:02x}: the file is not UTF-8", first));
      return false;
    }
    if (is_forbidden_control(text[0])) {
      errors.add(at, "", "", fmt::format("control character 0x{:02x} is not allowed", first));
      return false;
    }
    at = text[0] == '\n' ? position{at.line + 1, 1}
                         : position{at.line, at.column + static_cast<int>(length)};
    text.remove_prefix(length);
  }
  return true;
}

// Markers stand at the start of a line, before a space or the line's end (YAML 1.2, 9.1.2).
bool is_marker(std::string_view line, std::string_view marker) {
  return line.starts_with(marker) && (line.size() == marker.size() || line[marker.size()] == ' ' ||
                                      line[marker.size()] == '\t' || line[marker.size()] == '\r');
}

// Why this line cannot be in a configuration file; empty when it can.
std::string_view refusal(std::string_view line, bool content_seen) {
  if (is_marker(line, "---")) {
    return "the document marker \"---\" is not allowed: the file is one document";
  }
  if (is_marker(line, "...")) {
    return "the document marker \"...\" is not allowed: the file is one document";
  }
  if (!content_seen && line.starts_with('%')) return "YAML directives (%) are not allowed";
  return {};
}

// Where the content of a line starts; npos for a blank one and a comment.
std::size_t content_of(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#' ? std::string_view::npos : first;
}

class preparation {
 public:
  preparation(std::string_view text, error_list& errors) : prepared_(text), errors_(errors) {}

  std::string run() {
    int number = 1;
    for (std::size_t start = 0; start < prepared_.size(); ++number) {
      const std::size_t end = std::min(prepared_.find('\n', start), prepared_.size());
      prepare_line(start, std::string_view(prepared_).substr(start, end - start), number);
      start = end + 1;
    }
    return std::move(prepared_);
  }

 private:
  void prepare_line(std::size_t start, std::string_view line, int number) {
    if (const std::string_view why = refusal(line, content_seen_); !why.empty()) {
      errors_.add({number, 1}, "", "", std::string(why));
      prepared_[start] = '#';
      return;
    }
    const std::size_t content = content_of(line);
    if (content == std::string_view::npos) return;
    content_seen_ = true;
    const std::size_t tab = line.find('\t');
    if (tab >= content) return;
    errors_.add({number, static_cast<int>(tab) + 1}, "", "", "a tab cannot indent: use spaces");
    const auto first = prepared_.begin() + static_cast<std::ptrdiff_t>(start);
    std::replace(first, first + static_cast<std::ptrdiff_t>(content), '\t', ' ');
  }

  std::string prepared_;
  error_list& errors_;
  bool content_seen_ = false;
};

}  // namespace

std::string prepare_source(std::string_view text, error_list& errors) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (!has_valid_bytes(text, errors)) return {};
  return preparation(text, errors).run();
}

source_map::source_map(std::string_view text) : text_(text), line_starts_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
  }
}

std::string_view source_map::rest_from(position at) const {
  const auto line = static_cast<std::size_t>(at.line - 1);
  if (at.line < 1 || at.column < 1 || line >= line_starts_.size()) return {};
  const std::size_t start = line_starts_[line] + static_cast<std::size_t>(at.column - 1);
  return text_.substr(std::min(start, text_.size()));
}

std::string_view source_map::line_from(position at) const {
  const std::string_view rest = rest_from(at);
  return rest.substr(0, rest.find('\n'));
}

bool is_closed_quote(std::string_view text) {
  if (!text.starts_with('"') && !text.starts_with('\'')) return true;
  const char quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    const bool doubled = quote == '\'' && text.substr(at, 2) == "''";
    if (doubled || (quote == '"' && text[at] == '\\')) {
      ++at;
    } else if (text[at] == quote) {
      return true;
    }
  }
  return false;
}

}  // namespace dovetail
