#include "protocol/redis/filter.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/connection_commands.h"
#include "protocol/redis/redis.h"
#include "protocol/redis/replies.h"
#include "protocol/redis/scan.h"
#include "route/hash_tag.h"

namespace dovetail::redis {
namespace {

std::string upper(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

void append_unsupported(std::string& out, std::string_view what, std::string_view reason) {
  out.append("-ERR ").append(what).append(" is not supported by this proxy: ");
  out.append(reason).append("\r\n");
}

// Whether the request is refused; then `answer` says why, in redis's words where redis has some.
bool refuse_subcommand(const command& row, const request& asked, std::string& answer) {
  const subcommand* const sub = find_subcommand(row, asked.argument(1));
  if (sub == nullptr) {
    const std::string_view given = asked.argument(1).substr(0, 128);
    std::string text = "ERR unknown subcommand '";
    text.append(given.substr(0, given.find('\0'))).append("'. Try ").append(upper(row.name));
    append_error(answer, text.append(" HELP."));
    return true;
  }
  if (!arity_holds(sub->arity, asked.arguments.size())) {
    append_wrong_arity(answer, std::string(row.name).append("|").append(sub->name));
    return true;
  }
  if (sub->handled == handling::unsupported) {
    append_unsupported(answer, upper(row.name) + " " + upper(sub->name), row.reason);
    return true;
  }
  return false;
}

// XREAD and XREADGROUP wait where BLOCK is one of the options before STREAMS.
bool would_block(const command& row, const request& asked) {
  if (row.keys.how != key_rule::kind::streams) return false;
  for (std::size_t at = 1; at < asked.arguments.size(); ++at) {
    if (equal_ignoring_case(asked.argument(at), "streams")) return false;
    if (equal_ignoring_case(asked.argument(at), "block")) return true;
  }
  return false;
}

// Commands that take pairs, MSET and MSETNX: redis says this itself, but a half pair must not be
// split.
bool has_half_pair(const command& row, const request& asked) {
  return row.keys.how == key_rule::kind::range && row.keys.step == 2 &&
         asked.arguments.size() % 2 == 0;
}

bool refuse_command(const command& row, const request& asked, std::string& answer) {
  if (row.name.empty()) {
    append_unknown_command(answer, asked.arguments.size(),
                           [&](std::size_t at) { return asked.argument(at); });
    return true;
  }
  if (!arity_holds(row.arity, asked.arguments.size()) || has_half_pair(row, asked)) {
    append_wrong_arity(answer, row.name);
    return true;
  }
  if (row.container && asked.arguments.size() > 1 && refuse_subcommand(row, asked, answer)) {
    return true;
  }
  if (row.handled == handling::unsupported) {
    append_unsupported(answer, upper(row.name), row.reason);
    return true;
  }
  if (would_block(row, asked)) {
    append_unsupported(answer, upper(row.name) + " BLOCK",
                       "it blocks a connection that others share");
    return true;
  }
  answer.append(asked.refusal);
  return !asked.refusal.empty();
}

// Whether BY or GET of a SORT has the server look up keys that need not be its own. With the tag of
// the key that is sorted they are; as redis sort.c, `BY nosort` and `GET #` look up none.
bool looks_elsewhere(const options& pool, const request& asked) {
  const std::string_view home = tagged_part(asked.argument(1), pool.hash_tag);
  const bool has_tag = home.size() < asked.argument(1).size();
  for (std::size_t at = 2; at + 1 < asked.arguments.size(); ++at) {
    const std::string_view word = asked.argument(at);
    if (equal_ignoring_case(word, "limit")) at += 2;
    if (equal_ignoring_case(word, "store")) at += 1;
    const bool by = equal_ignoring_case(word, "by");
    if (!by && !equal_ignoring_case(word, "get")) continue;
    const std::string_view pattern = asked.argument(++at);
    if (by ? !pattern.contains('*') : pattern == "#") continue;
    if (!has_tag || tagged_part(pattern, pool.hash_tag) != home) return true;
  }
  return false;
}

// What the pool refuses, and others might not.
bool refuse_here(const options& pool, const command& row, const request& asked, std::string& out) {
  const bool flushes = row.name == "flushall" || row.name == "flushdb";
  if (flushes && !pool.allow_flush) {
    append_error(
        out, "ERR " + upper(row.name) + " is refused: the pool does not allow it (allow_flush)");
    return true;
  }
  const bool sorts = row.name == "sort" || row.name == "sort_ro";
  if (sorts && pool.server_count() > 1 && !pool.may_cross && looks_elsewhere(pool, asked)) {
    append_error(
        out,
        "CROSSSLOT BY and GET may name keys of other servers (this proxy: use a hash_tag, or "
        "on_cross_slot: first_key)");
    return true;
  }
  if (row.how.to == reach::cursor && !read_cursor(asked.argument(1), pool.server_count())) {
    append_error(out, "ERR invalid cursor");
    return true;
  }
  return false;
}

// What a client sends behind MULTI was not to be done by itself, one by one.
bool opens_transaction(const command& row, const request& asked) {
  return row.name == "multi" && arity_holds(row.arity, asked.arguments.size());
}

// Those that redis marks no_auth.
bool is_for_anyone(const command& row) {
  return row.name == "auth" || row.name == "hello" || row.name == "quit" || row.name == "reset";
}

verdict judge(const options& pool, const request& asked, session& who, std::string& answer) {
  if (asked.arguments.empty()) return verdict::ignore;
  const command& row = commands()[asked.command];
  if (!who.authenticated && !is_for_anyone(row)) {
    answer = "-NOAUTH Authentication required\r\n";
    return verdict::answer;
  }
  if (refuse_command(row, asked, answer))
    return opens_transaction(row, asked) ? verdict::hang_up : verdict::answer;
  if (refuse_here(pool, row, asked, answer)) return verdict::answer;
  if (row.handled == handling::forward) return verdict::forward;
  return answer_locally(pool, row, asked, who, answer);
}

}  // namespace

// A skip is for one request, whatever that is (redis networking.c, resetClient).
verdict filter_request(const options& pool,
                       const request& asked,
                       session& who,
                       std::string& answer) {
  answer.clear();
  who.muted = who.replies == session::reply_mode::skip;
  if (who.muted) who.replies = session::reply_mode::on;
  const verdict found = judge(pool, asked, who, answer);
  who.muted |= who.replies != session::reply_mode::on;
  return found;
}

}  // namespace dovetail::redis
