#include "proptests/multikey.h"

#include <cstddef>
#include <cstdint>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <vector>

#include "proptests/backend.h"
#include "proptests/generators.h"
#include "proptests/redis_messages.h"
#include "protocol/redis/commands.h"

namespace dovetail::proptests {
namespace {

std::vector<std::size_t> any_keys(const key_space& of) {
  std::vector<std::size_t> some(1 + below(10));
  for (std::size_t& each : some)
    each = below(of.keys.size());
  return some;
}

// The rows of redis's table that are split.
std::vector<std::string> split_commands(redis::split_kind how) {
  std::vector<std::string> names;
  for (const redis::command& row : redis::commands()) {
    if (row.split == how) names.emplace_back(row.name);
  }
  RC_ASSERT(!names.empty());
  return names;
}

std::string any_value() {
  if (one_in(8)) return any_of<std::string>({"", "\r\n", "$-1\r\n", "END\r\n", "VALUE k0 0 1\r\n"});
  return one_in(8) ? std::string(8192 + below(9000), 'x') : any_bytes();
}

backend& owner_of(redundant_servers& among, const key_space& of, std::size_t key) {
  return among.parts[of.owners[key]];
}

}  // namespace

key_space any_key_space() {
  key_space made{.keys = {}, .owners = {}, .servers = static_cast<std::uint32_t>(1 + below(6))};
  const auto names = *rc::gen::nonEmpty(
      rc::gen::container<std::set<std::string>>(rc::gen::exec([] { return any_word(12); })));
  for (const std::string& name : names) {
    if (made.keys.size() == 12) break;
    made.keys.push_back(name);
    made.owners.push_back(static_cast<std::uint32_t>(below(made.servers)));
  }
  return made;
}

multikey_request any_redis_multikey(const key_space& of) {
  multikey_request made{.bytes = {}, .keys = any_keys(of)};
  const bool pairs = one_in(3);
  words said = {any_of(split_commands(pairs ? redis::split_kind::pairs : redis::split_kind::keys))};
  for (const std::size_t key : made.keys) {
    said.push_back(of.keys[key]);
    if (pairs) said.push_back(any_value());
  }
  made.bytes = array_of(said);
  return made;
}

multikey_request any_memcache_multikey(const key_space& of) {
  multikey_request made{.bytes = any_of<std::string>({"get", "gets", "gat 0", "gats 60", "gat -1"}),
                        .keys = any_keys(of)};
  for (const std::size_t key : made.keys)
    made.bytes += ' ' + of.keys[key];
  made.bytes += "\r\n";
  return made;
}

std::vector<std::uint32_t> owners_of(const multikey_request& asked, const key_space& of) {
  std::vector<std::uint32_t> owners;
  owners.reserve(asked.keys.size());
  for (const std::size_t key : asked.keys)
    owners.push_back(of.owners[key]);
  return owners;
}

redundant_servers any_redis_servers(const key_space& of) {
  redundant_servers made{.whole = backend::redis(), .parts = {}};
  for (std::uint32_t server = 0; server < of.servers; ++server)
    made.parts.push_back(backend::redis());
  for (std::size_t key = 0; key < of.keys.size(); ++key) {
    if (one_in(3)) continue;
    const bool is_hash = one_in(6);  // MGET finds nothing there
    const std::string put = is_hash ? array_of({"HSET", of.keys[key], "field", any_value()})
                                    : array_of({"SET", of.keys[key], any_value()});
    RC_ASSERT(made.whole.ask(put) == owner_of(made, of, key).ask(put));
  }
  return made;
}

// Every server is given every key in the same order and then loses those that are not its own: so
// that they, too, count their cas values alike.
redundant_servers any_memcache_servers(const key_space& of) {
  redundant_servers made{.whole = backend::memcache(), .parts = {}};
  for (std::uint32_t server = 0; server < of.servers; ++server)
    made.parts.push_back(backend::memcache());
  for (std::size_t key = 0; key < of.keys.size(); ++key) {
    if (one_in(3)) continue;
    const std::string value = any_value();
    const std::string put = "set " + of.keys[key] + ' ' + std::to_string(below(100)) + " 0 " +
                            std::to_string(value.size()) + "\r\n" + value + "\r\n";
    RC_ASSERT(made.whole.ask(put) == "STORED\r\n");
    for (backend& each : made.parts)
      RC_ASSERT(each.ask(put) == "STORED\r\n");
  }
  for (std::size_t key = 0; key < of.keys.size(); ++key) {
    for (std::uint32_t server = 0; server < of.servers; ++server) {
      if (server != of.owners[key]) made.parts[server].ask("delete " + of.keys[key] + "\r\n");
    }
  }
  return made;
}

}  // namespace dovetail::proptests
