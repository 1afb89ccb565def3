// A configuration file as it is written: pools, their keys and values with their places, nothing
// interpreted.
//
//     alpha:                       pool      at 1:1
//       listen: 127.0.0.1:22121    entry     key at 2:3, value at 2:11
//       servers:                   entry     key at 3:3, a list
//         - 127.0.0.1:6379:1       item      at 4:7
//     workers: 2                   setting   key at 5:1, value at 5:10
//
// As in twemproxy every scalar is plain text, whatever YAML would make of it (`yes`, `null` and
// `012` are words), and what the format has no use for is refused by name: document markers,
// directives, flow collections, anchors, aliases and tags.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_error.h"

namespace dovetail {

struct scalar {
  std::string text;
  position at;
};

struct document_entry {
  scalar key;
  std::optional<scalar> value;  // not set: `items` is the value, or it was refused
  bool is_list = false;
  std::vector<scalar> items;
};

struct document_pool {
  scalar name;
  bool is_mapping = false;
  std::vector<document_entry> entries;
};

struct document {
  std::vector<document_pool> pools;
  std::vector<document_entry> settings;  // what stands among the pools and has a single value
  bool whole = false;                    // the reader came to the end of the file
};

// Everything that can be understood of `text`; the rest is told to `errors`.
document read_document(std::string_view text, error_list& errors);

}  // namespace dovetail
