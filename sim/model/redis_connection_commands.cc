// Commands about the connection and the server. As redis 7.0, db.c, acl.c, server.c.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"
#include "sim/model/redis_commands.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view info_text =
    "# Server\r\n"
    "redis_version:7.0.15\r\n"
    "redis_mode:standalone\r\n"
    "\r\n"
    "# Persistence\r\n"
    "loading:0\r\n"
    "\r\n"
    "# Replication\r\n"
    "role:master\r\n"
    "connected_slaves:0\r\n";

void ping(redis_call& call) {
  if (call.words.size() > 2) return call.wrong_arity();
  if (call.words.size() == 2) return call.reply.bulk(call.words[1]);
  call.reply.status("PONG");
}

void echo(redis_call& call) {
  call.reply.bulk(call.words[1]);
}

void select(redis_call& call) {
  const auto number = call.number(call.words[1]);
  if (!number) return;
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  constexpr std::int64_t least = std::numeric_limits<int>::min();
  if (*number < least || *number > most) {
    return call.reply.error("ERR value is out of range, value must between " +
                            std::to_string(least) + " and " + std::to_string(most));
  }
  if (*number < 0 || static_cast<std::size_t>(*number) >= call.data.databases.size()) {
    return call.reply.error("ERR DB index is out of range");
  }
  call.session.database = static_cast<std::size_t>(*number);
  call.reply.status("OK");
}

// AUTH [user] password, where the only user is "default".
void auth(redis_call& call) {
  if (call.words.size() > 3) return call.syntax_error();
  const bool names_user = call.words.size() == 3;
  if (!names_user && call.data.password.empty()) {
    return call.reply.error(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your configuration is correct?");
  }
  const bool right_user = !names_user || call.words[1] == "default";
  const bool right_password = call.data.password.empty() || call.words.back() == call.data.password;
  if (!right_user || !right_password) {
    return call.reply.error("WRONGPASS invalid username-password pair or user is disabled.");
  }
  call.session.authenticated = true;
  call.reply.status("OK");
}

void quit(redis_call& call) {
  call.reply.status("OK");
  call.session.closing = true;
}

void info(redis_call& call) {
  call.reply.bulk(info_text);
}

void describe(redis_call& call, const redis_command& command) {
  call.reply.array(10);
  call.reply.bulk(command.name);
  call.reply.integer(command.arity);
  call.reply.array(command.access == redis_access::neither ? 0 : 1);
  if (command.access == redis_access::reads) call.reply.status("readonly");
  if (command.access == redis_access::writes) call.reply.status("write");
  call.reply.integer(command.first_key);
  call.reply.integer(command.last_key);
  call.reply.integer(command.key_step);
  for (int more = 0; more < 4; ++more)
    call.reply.array(0);  // categories, tips, keys, subcommands
}

void command(redis_call& call) {
  const auto all = redis_commands();
  if (call.words.size() == 1) {
    call.reply.array(all.size());
    for (const redis_command& each : all)
      describe(call, each);
  } else if (call.words.size() == 2 && equal_ignoring_case(call.words[1], "COUNT")) {
    call.reply.integer(static_cast<std::int64_t>(all.size()));
  } else if (call.words.size() == 2 && equal_ignoring_case(call.words[1], "LIST")) {
    call.reply.array(all.size());
    for (const redis_command& each : all)
      call.reply.bulk(each.name);
  } else {
    call.reply.error("ERR unknown subcommand '" + call.words[1] + "'. Try COMMAND HELP.");
  }
}

constexpr auto neither = redis_access::neither;

constexpr redis_command commands[] = {
    {"ping", -1, neither, ping},       {"echo", 2, neither, echo},  {"select", 2, neither, select},
    {"auth", -2, neither, auth},       {"quit", -1, neither, quit}, {"info", -1, neither, info},
    {"command", -1, neither, command},
};

}  // namespace

std::span<const redis_command> redis_connection_commands() {
  return commands;
}

}  // namespace dovetail::sim
