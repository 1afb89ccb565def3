#include "daemon/explain.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/endpoint.h"
#include "base/json.h"
#include "config/config.h"
#include "config/config_error.h"
#include "daemon/load_config.h"
#include "pool/key_place.h"
#include "route/distribution.h"
#include "route/hash/hash.h"

namespace dovetail {
namespace {

std::string in_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string describe_point(const pool_config& pool, const key_place& found) {
  if (!found.point) return std::string(name_of(pool.distribution)) + ", any server";
  if (pool.distribution == distribution_kind::modula) {
    return fmt::format("modula, {} of 0 to {}", *found.point, found.points - 1);
  }
  return fmt::format("ketama, {} (0x{:08x}), the first of {} at or after the hash", *found.point,
                     *found.point, found.points);
}

std::string describe_server(const pool_config& pool, const key_place& found) {
  if (!found.server) return "any of " + std::to_string(pool.servers.size());
  const server_config& server = pool.servers[*found.server];
  return fmt::format("{} at {}, weight {}, {} of {}", in_json(server.name),
                     to_string(server.address), server.weight, *found.server + 1,
                     pool.servers.size());
}

std::string names_of_pools(const config& in) {
  std::vector<std::string> names;
  names.reserve(in.pools.size());
  for (const pool_config& each : in.pools)
    names.push_back(in_json(each.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

const pool_config* pool_named(const config& in, std::string_view name) {
  const auto at = std::ranges::find(in.pools, name, &pool_config::name);
  return at == in.pools.end() ? nullptr : &*at;
}

// The servers of `here` whose address `there` has not, "name at address" each.
std::string only_in(const pool_config& here, const pool_config& there) {
  std::vector<std::string> found;
  for (const server_config& each : here.servers) {
    const auto same = [&](const server_config& other) { return other.address == each.address; };
    if (std::ranges::any_of(there.servers, same)) continue;
    found.push_back(fmt::format("{} at {}", in_json(each.name), to_string(each.address)));
  }
  return fmt::format("{}", fmt::join(found, ", "));
}

std::string share_of_moved(const pool_config& before, const pool_config& after) {
  const bool random = before.distribution == distribution_kind::random ||
                      after.distribution == distribution_kind::random;
  if (random)
    return "the distribution random asks any server for any key: none has a place that could "
           "change";
  const std::uint32_t moved = moved_keys(before, after);
  static_assert(moved_keys_sample == 100 * 1000);
  return fmt::format("{}.{:03}% of {} sample keys move", moved / 1000, moved % 1000,
                     moved_keys_sample);
}

std::string explain_change_of(const pool_config& before, const pool_config& after) {
  std::string text = fmt::format("pool {}: {}", in_json(after.name), share_of_moved(before, after));
  const std::string added = only_in(after, before);
  const std::string removed = only_in(before, after);
  if (!added.empty()) text += "; added " + added;
  if (!removed.empty()) text += "; removed " + removed;
  return text + "\n";
}

struct question {
  std::string config_file = "conf/nutcracker.yml";
  std::string pool;
  std::string key;
  bool json = false;
};

int fail(std::string_view why) {
  fmt::print(stderr, "dovetail: {}\n", why);
  return EXIT_FAILURE;
}

int answer(const question& asked) {
  const auto loaded = load_config(asked.config_file);
  if (!loaded) {
    for (const config_error& each : loaded.error())
      fail(to_string(each));
    return EXIT_FAILURE;
  }
  const pool_config* const pool = pool_named(loaded->what, asked.pool);
  if (pool == nullptr) {
    return fail(fmt::format("there is no pool {} in {}, which has: {}", in_json(asked.pool),
                            asked.config_file, names_of_pools(loaded->what)));
  }
  if (asked.json) {
    fmt::print("{}\n", explain_key_as_json(*pool, asked.key));
  } else {
    fmt::print("{}", explain_key(*pool, asked.key));
  }
  return EXIT_SUCCESS;
}

}  // namespace

std::string explain_key(const pool_config& pool, std::string_view key) {
  const key_place found = place_of(key, pool);
  std::string text;
  const auto line = [&](std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text), "{:<8}{}\n", std::string(name) + ":", value);
  };
  line("pool", in_json(pool.name));
  line("key", in_json(key));
  line("part", in_json(found.part));
  if (found.hash) {
    line("hash", fmt::format("{}, {} (0x{:08x})", name_of(pool.hash), *found.hash, *found.hash));
    line("point", describe_point(pool, found));
  } else {
    line("hash", "none: there is one server");
  }
  line("server", describe_server(pool, found));
  line("lanes", fmt::format("{} for each worker; a client keeps to one", pool.server_connections));
  return text;
}

std::string explain_key_as_json(const pool_config& pool, std::string_view key) {
  const key_place found = place_of(key, pool);
  std::string text = fmt::format(R"({{"pool":{},"key":{},"part":{})", in_json(pool.name),
                                 in_json(key), in_json(found.part));
  const auto to = std::back_inserter(text);
  if (found.hash) {
    fmt::format_to(to, R"(,"hash_name":"{}","hash":{})", name_of(pool.hash), *found.hash);
  }
  fmt::format_to(to, R"(,"distribution":"{}")", name_of(pool.distribution));
  if (found.point) fmt::format_to(to, R"(,"point":{},"points":{})", *found.point, found.points);
  if (found.server) {
    const server_config& server = pool.servers[*found.server];
    fmt::format_to(to, R"(,"server":{{"index":{},"name":{},"address":{},"weight":{}}})",
                   *found.server, in_json(server.name), in_json(to_string(server.address)),
                   server.weight);
  }
  fmt::format_to(to, R"(,"servers":{},"lanes":{}}})", pool.servers.size(), pool.server_connections);
  return text;
}

std::string explain_change(const config& before, const config& after) {
  std::string text;
  for (const pool_config& each : after.pools) {
    const pool_config* const former = pool_named(before, each.name);
    text += former == nullptr ? fmt::format("pool {}: is new\n", in_json(each.name))
                              : explain_change_of(*former, each);
  }
  for (const pool_config& each : before.pools) {
    if (pool_named(after, each.name) != nullptr) continue;
    text += fmt::format("pool {}: is gone\n", in_json(each.name));
  }
  return text;
}

int run_explain(int argc, const char* const* argv) {
  question asked;
  CLI::App app("Says where a key lives and why", "dovetail explain");
  app.add_option("-c,--conf-file", asked.config_file,
                 "Configuration file (default: conf/nutcracker.yml)");
  app.add_flag("--json", asked.json, "One JSON object");
  app.add_option("POOL", asked.pool, "Name of a pool")->required();
  app.add_option("KEY", asked.key, "The key")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return EXIT_SUCCESS;
  } catch (const CLI::Error& error) {
    return fail(error.what());
  }
  return answer(asked);
}

}  // namespace dovetail
