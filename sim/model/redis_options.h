// The words after SET's and GETEX's operands.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/model/redis_expiry.h"

namespace dovetail::sim {

// As redis 7.0 t_string.c, parseExtendedStringArgumentsOrReply: options exclude each other as
// there, and an option that is repeated counts as its last.
struct redis_options {
  enum class of { set, getex };

  bool if_missing = false;  // NX
  bool if_there = false;    // XX
  bool get = false;
  bool keep_ttl = false;
  bool persist = false;
  std::optional<time_unit> unit;  // of EX, PX, EXAT, PXAT
  std::string_view moment;        // the word after it

  // Nothing on a syntax error. The words must outlive the result.
  static std::optional<redis_options> read(std::span<const std::string> words, of command);

 private:
  bool take_flag(std::string_view word, of command);
  bool take_unit(std::string_view word, std::string_view value);
};

}  // namespace dovetail::sim
