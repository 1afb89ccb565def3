#include "protocol/memcache/filter.h"

#include <string>
#include <string_view>

#include "message/request.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/memcache.h"
#include "protocol/memcache/replies.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

// What verbosity and mn do concerns one server; here they succeed and do nothing.
std::string_view own_answer(const command& row) {
  if (row.name == "version") return text::version;
  if (row.name == "mn") return "MN";
  return "OK";
}

// memcached looks whether it may flush before it looks at the delay.
std::string_view refusal_of(const options& pool, const command& row, const request& asked) {
  const bool flushes = row.name == "flush_all" && asked.refusal != text::unknown_command;
  return flushes && !pool.allow_flush ? text::no_flush : asked.refusal;
}

}  // namespace

verdict filter(const options& pool, const request& asked, std::string& answer) {
  answer.clear();
  const command& row = command_of(asked);
  const std::string_view refusal = refusal_of(pool, row, asked);
  if (refusal.empty() && row.how == handling::forward) return verdict::forward;
  if (refusal.empty() && row.how == handling::hang_up) return verdict::hang_up;
  if (!asked.reply_wanted) return verdict::ignore;
  answer.append(refusal.empty() ? own_answer(row) : refusal).append("\r\n");
  return verdict::answer;
}

}  // namespace dovetail::memcache
