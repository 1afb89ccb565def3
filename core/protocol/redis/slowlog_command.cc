#include "protocol/redis/slowlog_command.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "message/request.h"
#include "message/slow_log.h"
#include "protocol/redis/replies.h"

namespace dovetail::redis {
namespace {

constexpr std::int64_t entries_unless_told = 10;

void append_entry(std::string& answer, const slow_request& entry) {
  append_array_header(answer, 6);
  append_integer(answer, entry.id);
  append_integer(answer, entry.unix_time_s);
  append_integer(answer, entry.took_us);
  std::size_t count = 0;
  for_each_argument(entry.note, [&](std::string_view) { ++count; });
  append_array_header(answer, count);
  for_each_argument(entry.note, [&](std::string_view each) { append_bulk(answer, each); });
  append_bulk(answer, entry.client);
  append_bulk(answer, entry.client_name);
}

void get(const request& asked, const slow_log* log, std::string& answer) {
  if (asked.arguments.size() > 3) {
    return append_error(
        answer,
        "ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG "
        "HELP.");
  }
  std::optional<std::int64_t> wanted = entries_unless_told;
  if (asked.arguments.size() == 3) wanted = parse_signed_strict(asked.argument(2));
  if (!wanted || *wanted < -1) {
    return append_error(answer, "ERR count should be greater than or equal to -1");
  }
  std::vector<slow_request> shown;
  if (log != nullptr) shown = log->newest(static_cast<std::size_t>(*wanted));  // -1: all
  append_array_header(answer, shown.size());
  for (const slow_request& each : shown)
    append_entry(answer, each);
}

}  // namespace

void append_slowlog_reply(const request& asked, slow_log* log, std::string& answer) {
  const std::string_view subcommand = asked.argument(1);
  if (equal_ignoring_case(subcommand, "get")) return get(asked, log, answer);
  if (equal_ignoring_case(subcommand, "len")) {
    return append_integer(answer, log == nullptr ? 0 : static_cast<std::int64_t>(log->size()));
  }
  if (log != nullptr) log->reset();
  append_status(answer, "OK");
}

}  // namespace dovetail::redis
