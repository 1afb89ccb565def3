#include "protocol/memcache/filter.h"

#include <string>
#include <string_view>

#include "message/request.h"
#include "protocol/memcache/commands.h"
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

}  // namespace

verdict filter(const request& asked, std::string& answer) {
  answer.clear();
  const command& row = command_of(asked);
  if (asked.refusal.empty() && row.how == handling::forward) return verdict::forward;
  if (asked.refusal.empty() && row.how == handling::hang_up) return verdict::hang_up;
  if (!asked.reply_wanted) return verdict::ignore;
  answer.append(asked.refusal.empty() ? own_answer(row) : asked.refusal).append("\r\n");
  return verdict::answer;
}

}  // namespace dovetail::memcache
