// What a memcached request means, in the words in which the proxy is to write it.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "message/request.h"
#include "protocol/memcache/commands.h"

namespace dovetail::fuzz {

// Whether word `at` of a request is a number.
inline bool is_number_word(const memcache::command& row, std::size_t at) {
  if (at == 0 || at > row.fields.size()) return false;
  const memcache::field what = row.fields[at - 1];
  return what != memcache::field::key && what != memcache::field::keys;
}

// Without leading zeros.
inline std::string shortest(std::string_view number) {
  const bool negative = number.starts_with('-');
  std::string_view digits = number.substr(negative ? 1 : 0);
  while (digits.size() > 1 && digits[0] == '0')
    digits.remove_prefix(1);
  return (negative && digits != "0" ? "-" : "") + std::string(digits);
}

// The data block of a storage command, without its end: the last of its bytes.
inline std::string_view block_of(const request& of) {
  const std::size_t at = memcache::command_of(of).fields.word_of(memcache::field::bytes);
  if (at == 0) return {};
  const auto size = parse_unsigned(of.argument(at), of.bytes.size());
  DOVETAIL_CHECK(size && *size + 2 <= of.bytes.size());
  return of.bytes.view().substr(of.bytes.size() - *size - 2, *size);
}

}  // namespace dovetail::fuzz
