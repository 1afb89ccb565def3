#include "protocol/redis/keys.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "message/request.h"
#include "protocol/redis/commands.h"

namespace dovetail::redis {
namespace {

// The arguments, and where what is found goes.
struct search {
  std::string_view bytes;
  std::span<const extent> arguments;
  std::vector<extent>& keys;

  std::size_t count() const { return arguments.size(); }
  void take(std::size_t at) { keys.push_back(arguments[at]); }
  bool is(std::size_t at, std::string_view word) const {
    return equal_ignoring_case(text(at), word);
  }
  std::string_view text(std::size_t at) const { return arguments[at].of(bytes); }
};

// As redis db.c, getKeysUsingLegacyRangeSpec: a negative last counts from the end.
void take_range(search& in, const key_rule& rule) {
  const auto first = static_cast<std::size_t>(rule.first);
  const auto step = static_cast<std::size_t>(rule.step);
  const auto end = rule.last >= 0 ? std::min(static_cast<std::size_t>(rule.last) + 1, in.count())
                                  : in.count() - static_cast<std::size_t>(-rule.last - 1);
  for (std::size_t at = first; at < end; at += step)
    in.take(at);
}

// The keys behind a number that says how many they are, which redis reads with string2ll
// (eval.c evalGenericCommand, t_zset.c zunionInterDiffGenericCommand, t_list.c
// lmpopGenericCommand). A number that no redis accepts names no keys: whatever server gets the
// request refuses it, each command in words of its own.
void take_counted(search& in, std::size_t count_at) {
  const std::int64_t count = parse_signed_strict(in.text(count_at)).value_or(0);
  const std::size_t left = in.count() - count_at - 1;
  if (count < 0 || static_cast<std::uint64_t>(count) > left) return;
  for (std::size_t at = 0; at < static_cast<std::size_t>(count); ++at) {
    in.take(count_at + 1 + at);
  }
}

// As redis sort.c, sortCommandGeneric, reads the options: the patterns of BY and GET are not keys,
// and the last STORE counts.
void take_sort(search& in) {
  in.take(1);
  std::size_t stored = 0;
  for (std::size_t at = 2; at + 1 < in.count(); ++at) {
    if (in.is(at, "limit")) {
      at += 2;
    } else if (in.is(at, "get") || in.is(at, "by")) {
      at += 1;
    } else if (in.is(at, "store")) {
      stored = ++at;
    }
  }
  if (stored > 0) in.take(stored);
}

// As redis db.c, georadiusGetKeys: options begin behind the fourth argument.
void take_georadius(search& in) {
  in.take(1);
  std::size_t stored = 0;
  for (std::size_t at = 5; at + 1 < in.count(); ++at) {
    if (in.is(at, "store") || in.is(at, "storedist")) stored = ++at;
  }
  if (stored > 0) in.take(stored);
}

// As redis db.c, migrateGetKeys.
void take_migrate(search& in) {
  std::size_t at = 6;
  while (at < in.count() && !in.is(at, "keys"))
    ++at;
  if (in.arguments[3].size > 0 || at >= in.count()) return in.take(3);
  while (++at < in.count())
    in.take(at);
}

// As redis db.c, xreadGetKeys; the options are those of t_stream.c, xreadCommand.
std::string_view take_streams(search& in) {
  std::size_t at = 1;
  while (at < in.count() && !in.is(at, "streams")) {
    if (in.is(at, "count") || in.is(at, "block")) {
      at += 2;
    } else if (in.is(at, "group")) {
      at += 3;
    } else if (in.is(at, "noack")) {
      at += 1;
    } else {
      return "-ERR syntax error\r\n";
    }
  }
  if (at + 1 >= in.count()) return "-ERR syntax error\r\n";
  const std::size_t first = at + 1;
  const std::size_t left = in.count() - first;
  if (left % 2 != 0) {
    return "-ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be "
           "specified.\r\n";
  }
  for (std::size_t key = first; key < first + left / 2; ++key)
    in.take(key);
  return {};
}

}  // namespace

std::string_view find_keys(const command& row,
                           std::string_view bytes,
                           std::span<const extent> arguments,
                           std::vector<extent>& keys) {
  search in{.bytes = bytes, .arguments = arguments, .keys = keys};
  const auto first = static_cast<std::size_t>(row.keys.first);
  switch (row.keys.how) {
    case key_rule::kind::none:
      break;
    case key_rule::kind::range:
      take_range(in, row.keys);
      break;
    case key_rule::kind::counted:
      take_counted(in, first);
      break;
    case key_rule::kind::store_counted:
      in.take(1);
      take_counted(in, first);
      break;
    case key_rule::kind::sort:
      take_sort(in);
      break;
    case key_rule::kind::georadius:
      take_georadius(in);
      break;
    case key_rule::kind::migrate:
      take_migrate(in);
      break;
    case key_rule::kind::streams:
      return take_streams(in);
  }
  return {};
}

}  // namespace dovetail::redis
