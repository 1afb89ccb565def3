#include "route/hash/hash.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/check.h"
#include "route/hash/functions.h"

namespace dovetail {
namespace {

struct row {
  hash_kind kind;
  std::string_view name;
  hash_function function;
};

// In the order of hash_kind.
constexpr std::array rows{
    row{hash_kind::one_at_a_time, "one_at_a_time", hash_one_at_a_time},
    row{hash_kind::md5, "md5", hash_md5},
    row{hash_kind::crc16, "crc16", hash_crc16},
    row{hash_kind::crc32, "crc32", hash_crc32},
    row{hash_kind::crc32a, "crc32a", hash_crc32a},
    row{hash_kind::fnv1_64, "fnv1_64", hash_fnv1_64},
    row{hash_kind::fnv1a_64, "fnv1a_64", hash_fnv1a_64},
    row{hash_kind::fnv1_32, "fnv1_32", hash_fnv1_32},
    row{hash_kind::fnv1a_32, "fnv1a_32", hash_fnv1a_32},
    row{hash_kind::hsieh, "hsieh", hash_hsieh},
    row{hash_kind::murmur, "murmur", hash_murmur},
    row{hash_kind::jenkins, "jenkins", hash_jenkins},
};

const row& row_of(hash_kind kind) {
  const auto at = static_cast<std::size_t>(kind);
  DOVETAIL_CHECK(at < rows.size() && rows[at].kind == kind);
  return rows[at];
}

}  // namespace

hash_function hash_of(hash_kind kind) {
  return row_of(kind).function;
}

std::string_view name_of(hash_kind kind) {
  return row_of(kind).name;
}

std::optional<hash_kind> hash_named(std::string_view name) {
  for (const row& row : rows) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

}  // namespace dovetail
