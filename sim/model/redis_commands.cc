#include "sim/model/redis_commands.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace dovetail::sim {
namespace {

std::vector<redis_command> all_commands() {
  std::vector<redis_command> all;
  for (const auto part : {redis_string_commands(), redis_key_commands(), redis_keyspace_commands(),
                          redis_hash_commands(), redis_connection_commands()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// As printf's "%.*s" sees a word: no longer than `most`, and it ends at a zero byte.
std::string_view printed(std::string_view word, std::size_t most) {
  return word.substr(0, std::min(most, word.find('\0')));
}

// As redis 7.0 server.c, commandCheckExistence.
std::string unknown_command(std::span<const std::string> words) {
  constexpr std::size_t shown_bytes_max = 128;
  std::string arguments;
  for (const std::string& word : words.subspan(1)) {
    if (arguments.size() >= shown_bytes_max) break;
    arguments += "'";
    arguments += printed(word, shown_bytes_max - arguments.size() + 1);
    arguments += "' ";
  }
  return "ERR unknown command '" + std::string(printed(words[0], shown_bytes_max)) +
         "', with args beginning with: " + arguments;
}

bool has_arity(const redis_command& command, std::size_t words) {
  const int count = static_cast<int>(words);
  return command.arity >= 0 ? count == command.arity : count >= -command.arity;
}

bool is_refused(const redis_call& call, std::string_view name) {
  return !call.data.password.empty() && !call.session.authenticated && name != "auth" &&
         name != "quit";
}

}  // namespace

std::optional<std::int64_t> redis_call::number(std::string_view text) {
  const auto read = parse_signed_strict(text);
  if (!read) reply.error("ERR value is not an integer or out of range");
  return read;
}

std::string redis_call::name() const {
  std::string lower = words[0];
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

std::span<const redis_command> redis_commands() {
  static const std::vector<redis_command> all = all_commands();
  return all;
}

void run_redis_command(redis_call& call) {
  const auto all = redis_commands();
  const auto at = std::ranges::find_if(all, [&call](const redis_command& each) {
    return equal_ignoring_case(each.name, call.words[0]);
  });
  if (at == all.end()) return call.reply.error(unknown_command(call.words));
  if (!has_arity(*at, call.words.size())) return call.wrong_arity();
  if (is_refused(call, at->name)) return call.reply.error("NOAUTH Authentication required.");
  at->run(call);
}

}  // namespace dovetail::sim
