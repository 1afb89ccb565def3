#include "protocol/redis/command_replies.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "message/request.h"
#include "protocol/redis/command_docs.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/keys.h"
#include "protocol/redis/replies.h"

namespace dovetail::redis {
namespace {

bool is_served(const command& row) {
  return !row.name.empty() && row.handled != handling::unsupported;
}

std::size_t served_count() {
  std::size_t count = 0;
  for (const command& row : commands())
    count += is_served(row) ? 1 : 0;
  return count;
}

bool has_movable_keys(const command& row) {
  return row.keys.how != key_rule::kind::none && row.keys.how != key_rule::kind::range;
}

void append_flags(std::string& out, const command& row) {
  const bool forwarded = row.handled == handling::forward;
  append_array_header(out, (forwarded ? 1U : 0U) + (has_movable_keys(row) ? 1U : 0U));
  if (forwarded) append_status(out, row.idempotent ? "readonly" : "write");
  if (has_movable_keys(row)) append_status(out, "movablekeys");
}

// Ten elements as since 7.0: name, arity, flags, first, last and step of the keys; then ACL
// categories, tips, key specifications and subcommands, of which we say nothing.
void append_row(std::string& out, const command& row) {
  const key_rule keys = reported_keys(row);
  append_array_header(out, 10);
  append_bulk(out, row.name);
  append_integer(out, row.arity);
  append_flags(out, row);
  for (const std::int8_t position : {keys.first, keys.last, keys.step}) {
    append_integer(out, position);
  }
  for (int unsaid = 0; unsaid < 4; ++unsaid)
    append_array_header(out, 0);
}

void append_all_rows(std::string& out) {
  append_array_header(out, served_count());
  for (const command& row : commands()) {
    if (is_served(row)) append_row(out, row);
  }
}

void append_names(std::string& out) {
  append_array_header(out, served_count());
  for (const command& row : commands()) {
    if (is_served(row)) append_bulk(out, row.name);
  }
}

// COMMAND INFO [name …]
void append_rows_of(std::string& out, const request& asked) {
  if (asked.arguments.size() == 2) return append_all_rows(out);
  append_array_header(out, asked.arguments.size() - 2);
  for (std::size_t at = 2; at < asked.arguments.size(); ++at) {
    const command& row = commands()[find_command(asked.argument(at))];
    if (is_served(row)) {
      append_row(out, row);
    } else {
      out.append(null_bulk_reply);
    }
  }
}

void append_all_docs(std::string& out) {
  append_array_header(out, 2 * served_count());
  for (const command& row : commands()) {
    if (is_served(row)) append_docs(out, row);
  }
}

// COMMAND DOCS [name …]: those that are not served are left out.
void append_docs_of(std::string& out, const request& asked) {
  if (asked.arguments.size() == 2) return append_all_docs(out);
  std::size_t count = 0;
  std::string docs;
  for (std::size_t at = 2; at < asked.arguments.size(); ++at) {
    const command& row = commands()[find_command(asked.argument(at))];
    if (!is_served(row)) continue;
    ++count;
    append_docs(docs, row);
  }
  append_array_header(out, 2 * count);
  out += docs;
}

// COMMAND GETKEYS command argument …
void append_keys(std::string& out, const request& asked) {
  const command& row = commands()[find_command(asked.argument(2))];
  const std::span<const extent> arguments = asked.arguments.subspan(2);
  if (row.name.empty()) return append_error(out, "ERR Invalid command specified");
  if (row.keys.how == key_rule::kind::none) {
    return append_error(out, "ERR The command has no key arguments");
  }
  if (!arity_holds(row.arity, arguments.size())) {
    return append_error(out, "ERR Invalid number of arguments specified for command");
  }
  std::vector<extent> keys;
  if (!find_keys(row, asked.bytes.view(), arguments, keys).empty()) {
    return append_error(out, "ERR Invalid arguments specified for command");
  }
  append_array_header(out, keys.size());
  for (const extent key : keys)
    append_bulk(out, asked.text(key));
}

}  // namespace

void append_command_reply(const request& asked, std::string& out) {
  if (asked.arguments.size() == 1) return append_all_rows(out);
  const std::string_view sub = asked.argument(1);
  if (equal_ignoring_case(sub, "count")) {
    append_integer(out, static_cast<std::int64_t>(served_count()));
  } else if (equal_ignoring_case(sub, "docs")) {
    append_docs_of(out, asked);
  } else if (equal_ignoring_case(sub, "info")) {
    append_rows_of(out, asked);
  } else if (equal_ignoring_case(sub, "getkeys")) {
    append_keys(out, asked);
  } else if (asked.arguments.size() == 2) {
    append_names(out);
  } else if (asked.arguments.size() == 5 && equal_ignoring_case(asked.argument(2), "filterby")) {
    append_error(out, "ERR COMMAND LIST FILTERBY is not supported by this proxy");
  } else {
    append_error(out, "ERR syntax error");
  }
}

}  // namespace dovetail::redis
