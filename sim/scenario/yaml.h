// YAML that people write, read key by key: what is wrong is told with its line, and what is not
// known with the known name that is nearest.
//
//     yaml_fields of(value);
//     of.read("servers", scene.servers);
//     of.finish();                          // every other key is an error
//
// Nothing here throws or stops at the first error: a value that cannot be read leaves its target as
// it was, and the list of errors says so.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/node/node.h>
#include <yaml-cpp/yaml.h>  // IWYU pragma: keep (what node.h leaves undefined)

#include "base/time.h"
#include "config/config_error.h"

namespace dovetail::sim {

// A value with its place. Copies are cheap and name the same value.
class yaml_value {
 public:
  // `errors` outlives the value and all that is taken of it.
  yaml_value(const YAML::Node& node, std::string key, error_list& errors);

  bool is_text() const;
  bool is_list() const;
  bool is_map() const;

  // The key that leads to it, or to the list it is in.
  const std::string& key() const { return key_; }

  int line() const;

  // Each fails, and is empty, when the value is something else.
  std::string text() const;
  std::vector<yaml_value> items() const;
  std::vector<yaml_value> entries() const;  // their keys name them, each one

  // A list, or one value in the place of a list of one.
  std::vector<yaml_value> one_or_more() const;

  // Says what is wrong with this value, or with its key.
  void fail(std::string reason) const;
  void fail_key(std::string reason) const;
  // … that `word`, or its key, is none of the known ones.
  void fail_unknown(std::string_view word, std::span<const std::string_view> known) const;
  void fail_unknown_key(std::span<const std::string_view> known) const;

 private:
  friend class yaml_fields;

  YAML::Node node_;
  std::string key_;
  position key_at_;
  error_list* errors_;
};

// The document; nothing when it is not YAML or empty.
std::optional<yaml_value> load_yaml(std::string_view text, error_list& errors);

// A decimal number from `least` to `most`; else says so.
std::optional<std::uint64_t> read_number(const yaml_value& from,
                                         std::uint64_t least,
                                         std::uint64_t most);

void read(const yaml_value& from, bool& into);
void read(const yaml_value& from, std::uint8_t& into);
void read(const yaml_value& from, std::uint32_t& into);
void read(const yaml_value& from, std::uint64_t& into);
void read(const yaml_value& from, std::string& into);
void read(const yaml_value& from, duration& into);  // `400ms`, `3us`, `1s`, `0`

// The same of a part of a value.
void read_duration(const yaml_value& from, std::string_view text, duration& into);

std::string print_duration(duration time);

// `text` between quotes, as YAML and C write it.
std::string print_quoted(std::string_view text);

// The fields of a mapping.
class yaml_fields {
 public:
  explicit yaml_fields(const yaml_value& of);

  // The value of `key`, which is known from now on.
  std::optional<yaml_value> take(std::string_view key);

  template <class T>
  bool read(std::string_view key, T& into) {
    const auto value = take(key);
    if (!value) return false;
    using sim::read;
    read(*value, into);
    return true;
  }

  // Every key that was not taken is unknown.
  void finish() const;

  const yaml_value& all() const { return all_; }

 private:
  yaml_value all_;
  std::vector<yaml_value> entries_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace dovetail::sim
