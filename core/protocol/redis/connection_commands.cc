#include "protocol/redis/connection_commands.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/client_command.h"
#include "protocol/redis/command_replies.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/exchange.h"
#include "protocol/redis/info.h"
#include "protocol/redis/redis.h"
#include "protocol/redis/replies.h"
#include "protocol/redis/slowlog_command.h"

namespace dovetail::redis {
namespace {

constexpr std::string_view ok = "+OK\r\n";
constexpr std::string_view wrong_pass =
    "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
constexpr std::string_view no_password = "-ERR Client sent AUTH, but no password is set\r\n";
constexpr std::string_view default_user = "default";

// Takes as long for every given text of one length, so that time tells nothing of the password.
bool is_password(const options& pool, std::string_view given) {
  unsigned differences = given.size() == pool.password.size() ? 0 : 1;
  for (std::size_t at = 0; at < given.size(); ++at) {
    const char expected = pool.password[at % pool.password.size()];
    differences |= static_cast<unsigned char>(given[at] ^ expected);
  }
  return differences == 0;
}

void ping(exchange& with) {
  if (with.count() > 2) return append_wrong_arity(with.answer, "ping");
  if (with.count() == 1) return append_status(with.answer, "PONG");
  append_bulk(with.answer, with.text(1));
}

// AUTH password, as twemproxy answers it (nc_redis.c, redis_handle_auth_req): a wrong password also
// takes back an earlier right one. AUTH user password, as redis does; the one user is "default".
void auth(exchange& with) {
  if (with.count() > 3) return append_error(with.answer, "ERR syntax error");
  if (with.pool.password.empty()) {
    with.answer.append(no_password);
    return;
  }
  const bool named = with.count() == 3;
  const bool right_user = !named || with.text(1) == default_user;
  with.who.authenticated = is_password(with.pool, with.text(with.count() - 1)) && right_user;
  if (with.who.authenticated) {
    with.answer.append(ok);
  } else if (named) {
    with.answer.append(wrong_pass);
  } else {
    append_error(with.answer, "ERR invalid password");
  }
}

// As redis db.c, selectCommand: the texts of 7.0. There is one database, which is called 0 or what
// the pool calls it at its servers.
void select(exchange& with) {
  const std::optional<std::int64_t> index = parse_signed_strict(with.text(1));
  using limits = std::numeric_limits<std::int32_t>;
  if (!index) return append_error(with.answer, "ERR value is not an integer or out of range");
  if (*index < limits::min() || *index > limits::max()) {
    return append_error(with.answer,
                        "ERR value is out of range, value must between -2147483648 and 2147483647");
  }
  if (*index != 0 && *index != with.pool.database) {
    return append_error(with.answer, "ERR DB index is out of range");
  }
  with.answer.append(ok);
}

void append_self_portrait(exchange& with) {
  append_array_header(with.answer, 14);
  append_bulk(with.answer, "server");
  append_bulk(with.answer, "redis");
  append_bulk(with.answer, "version");
  append_bulk(with.answer, spoken_version);
  append_bulk(with.answer, "proto");
  append_integer(with.answer, 2);
  append_bulk(with.answer, "id");
  append_integer(with.answer, static_cast<std::int64_t>(with.who.id));
  append_bulk(with.answer, "mode");
  append_bulk(with.answer, "standalone");
  append_bulk(with.answer, "role");
  append_bulk(with.answer, "master");
  append_bulk(with.answer, "modules");
  append_array_header(with.answer, 0);
}

// False: the answer says why not.
bool hello_auth(exchange& with, std::string_view user, std::string_view password) {
  if (with.pool.password.empty()) {
    with.answer.append(no_password);
    return false;
  }
  with.who.authenticated = is_password(with.pool, password) && user == default_user;
  if (!with.who.authenticated) with.answer.append(wrong_pass);
  return with.who.authenticated;
}

bool hello_version(exchange& with) {
  const std::optional<std::int64_t> version = parse_signed_strict(with.text(1));
  if (!version) {
    append_error(with.answer, "ERR Protocol version is not an integer or out of range");
  } else if (*version != 2) {
    append_error(with.answer, "NOPROTO unsupported protocol version");
  }
  return version == 2;
}

// HELLO [2 [AUTH user password] [SETNAME name]], as redis networking.c, helloCommand.
void hello(exchange& with) {
  if (with.count() > 1 && !hello_version(with)) return;
  for (std::size_t at = 2; at < with.count(); ++at) {
    if (with.is(at, "auth") && at + 2 < with.count()) {
      if (!hello_auth(with, with.text(at + 1), with.text(at + 2))) return;
      at += 2;
    } else if (with.is(at, "setname") && at + 1 < with.count()) {
      if (!set_name(with, with.text(at + 1))) return;
      at += 1;
    } else {
      return append_error(
          with.answer,
          std::string("ERR Syntax error in HELLO option '").append(with.text(at)) + "'");
    }
  }
  if (!with.who.authenticated) {
    return append_error(with.answer,
                        "NOAUTH HELLO must be called with the client already authenticated, "
                        "otherwise the HELLO <proto> AUTH <user> <pass> option can be used to "
                        "authenticate the client and select the RESP protocol version at the same "
                        "time");
  }
  append_self_portrait(with);
}

// Two bulk strings: seconds and microseconds since 1970.
void tell_time(exchange& with) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(with.who.now);
  append_array_header(with.answer, 2);
  append_bulk(with.answer, decimal(seconds.count()).text());
  append_bulk(with.answer, decimal((with.who.now - seconds).count()).text());
}

void reset(exchange& with) {
  with.who.authenticated = with.pool.password.empty();
  with.who.name.clear();
  with.who.replies = session::reply_mode::on;
  append_status(with.answer, "RESET");
}

}  // namespace

verdict answer_locally(const options& pool,
                       const command& row,
                       const request& asked,
                       session& who,
                       std::string& answer) {
  exchange with{.pool = pool, .asked = asked, .who = who, .answer = answer};
  if (row.name == "ping") ping(with);
  if (row.name == "echo") append_bulk(answer, with.text(1));
  if (row.name == "auth") auth(with);
  if (row.name == "select") select(with);
  if (row.name == "client") answer_client(with);
  if (row.name == "hello") hello(with);
  if (row.name == "info") append_info(with);
  if (row.name == "command") append_command_reply(asked, answer);
  if (row.name == "reset") reset(with);
  if (row.name == "slowlog") append_slowlog_reply(asked, pool.slow, answer);
  if (row.name == "time") tell_time(with);
  if (row.name == "readonly" || row.name == "readwrite") answer.append(ok);
  if (row.name != "quit") return verdict::answer;
  answer.append(ok);
  return verdict::hang_up;
}

}  // namespace dovetail::redis
