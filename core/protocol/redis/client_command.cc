#include "protocol/redis/client_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "protocol/protocol.h"
#include "protocol/redis/exchange.h"
#include "protocol/redis/replies.h"

namespace dovetail::redis {
namespace {

constexpr std::string_view ok = "+OK\r\n";

void syntax_error(exchange& with) {
  append_error(with.answer, "ERR syntax error");
}

// As redis networking.c, validateClientName: printable, no spaces.
bool is_client_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c >= '!' && c <= '~'; });
}

void get_name(exchange& with) {
  if (with.who.name.empty()) {
    with.answer.append(null_bulk_reply);
  } else {
    append_bulk(with.answer, with.who.name);
  }
}

// As redis 7.2, clientSetinfoCommand.
void set_info(exchange& with) {
  const bool is_name = with.is(2, "lib-name");
  if (!is_name && !with.is(2, "lib-ver")) {
    return append_error(with.answer,
                        std::string("ERR Unrecognized option '").append(with.text(2)) + "'");
  }
  if (!is_client_name(with.text(3))) {
    return append_error(with.answer, std::string("ERR ").append(is_name ? "lib-name" : "lib-ver") +
                                         " cannot contain spaces, newlines or special characters.");
  }
  (is_name ? with.who.library : with.who.library_version) = with.text(3);
  with.answer.append(ok);
}

// CLIENT REPLY: what comes of it is in filter_request. As redis networking.c, clientCommand: ON is
// answered even where its own reply was to be skipped.
void reply_mode(exchange& with) {
  if (with.is(2, "on")) {
    with.who.replies = session::reply_mode::on;
    with.who.muted = false;
    with.answer.append(ok);
  } else if (with.is(2, "off")) {
    with.who.replies = session::reply_mode::off;
  } else if (!with.is(2, "skip")) {
    syntax_error(with);
  } else if (with.who.replies != session::reply_mode::off) {
    with.who.replies = session::reply_mode::skip;
  }
}

// The servers keep what they like: nothing here evicts or counts accesses by client.
void switch_without_effect(exchange& with) {
  if (!with.is(2, "on") && !with.is(2, "off")) return syntax_error(with);
  with.answer.append(ok);
}

void append_number(std::string& out, std::string_view name, std::int64_t number) {
  out.append(name).append(decimal(number).text()).append(" ");
}

// As redis 7.2 networking.c, catClientInfoString, whose fields libraries look up by name: what the
// proxy does not have is 0.
std::string portrait(const exchange& with) {
  const session& who = with.who;
  const auto age = std::chrono::floor<std::chrono::seconds>(who.now - who.connected);
  std::string out;
  append_number(out, "id=", static_cast<std::int64_t>(who.id));
  out.append("addr=").append(who.peer).append(" laddr= fd=0 name=").append(who.name).append(" ");
  append_number(out, "age=", age.count());
  out.append(
      "idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 "
      "rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=client|");
  for (const char c : with.text(1))
    out += to_lower(c);
  out.append(" user=default redir=-1 resp=2 lib-name=").append(who.library);
  out.append(" lib-ver=").append(who.library_version).append("\n");
  return out;
}

// Whether the client is one of those that CLIENT LIST TYPE asks for. Nothing: there is no such
// type.
std::optional<bool> is_of_type(exchange& with) {
  if (with.is(3, "normal")) return true;
  constexpr std::array others = {"slave", "replica", "pubsub", "master"};
  if (std::ranges::any_of(others, [&](auto name) { return with.is(3, name); })) return false;
  append_error(with.answer, std::string("ERR Unknown client type '").append(with.text(3)) + "'");
  return std::nullopt;
}

// The same of CLIENT LIST ID. Nothing: one of them is no number.
std::optional<bool> is_among_ids(exchange& with) {
  bool found = false;
  for (std::size_t at = 3; at < with.count(); ++at) {
    const auto id = parse_signed_strict(with.text(at));
    if (!id) {
      append_error(with.answer, "ERR Invalid client ID");
      return std::nullopt;
    }
    found |= static_cast<std::uint64_t>(*id) == with.who.id;
  }
  return found;
}

// A list of one: a client sees itself alone.
void list(exchange& with) {
  std::optional<bool> listed = true;
  if (with.count() == 4 && with.is(2, "type")) {
    listed = is_of_type(with);
  } else if (with.count() > 3 && with.is(2, "id")) {
    listed = is_among_ids(with);
  } else if (with.count() != 2) {
    return syntax_error(with);
  }
  if (listed) append_bulk(with.answer, *listed ? portrait(with) : std::string());
}

struct subcommand_answer {
  std::string_view name;
  void (*answer)(exchange& with);
};

constexpr std::array answers = {
    subcommand_answer{"setname",
                      [](exchange& with) {
                        if (set_name(with, with.text(2))) with.answer.append(ok);
                      }},
    subcommand_answer{"getname", get_name},
    subcommand_answer{"id",
                      [](exchange& with) {
                        append_integer(with.answer, static_cast<std::int64_t>(with.who.id));
                      }},
    subcommand_answer{"info", [](exchange& with) { append_bulk(with.answer, portrait(with)); }},
    subcommand_answer{"list", list},
    subcommand_answer{"setinfo", set_info},
    subcommand_answer{"reply", reply_mode},
    subcommand_answer{"no-evict", switch_without_effect},
    subcommand_answer{"no-touch", switch_without_effect},
};

}  // namespace

void answer_client(exchange& with) {
  for (const subcommand_answer& each : answers) {
    if (with.is(1, each.name)) return each.answer(with);
  }
}

bool set_name(exchange& with, std::string_view name) {
  if (!is_client_name(name)) {
    append_error(with.answer,
                 "ERR Client names cannot contain spaces, newlines or special characters.");
    return false;
  }
  with.who.name = name;
  return true;
}

}  // namespace dovetail::redis
