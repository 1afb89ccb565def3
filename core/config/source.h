// The bytes of a configuration file, before they are YAML.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_error.h"

namespace dovetail {

// `text` without byte order mark, with document markers and directives made into comments and tabs
// of the indentation into spaces (lines and columns stay). Tells `errors` of these and of bytes
// that YAML does not allow: what is not UTF-8, and control characters other than tab, line feed and
// carriage return. With such bytes in it the file is not looked at further: the result is empty.
std::string prepare_source(std::string_view text, error_list& errors);

// Finds the text at a position again. Looks into the text it was made of.
class source_map {
 public:
  explicit source_map(std::string_view text);

  // From `at` to the end of its line; empty behind the end of the file.
  std::string_view line_from(position at) const;

  // From `at` to the end of the file.
  std::string_view rest_from(position at) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

// Whether the quoted scalar that `text` begins with has an end: yaml-cpp 0.7 takes the end of the
// file for one. True for what does not begin with a quote.
bool is_closed_quote(std::string_view text);

}  // namespace dovetail
