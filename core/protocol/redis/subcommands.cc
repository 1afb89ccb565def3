// The subcommands of redis 7.0's containers, in a table as in commands.cc.

#include <span>
#include <string_view>

#include "base/text.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/shapes.h"

namespace dovetail::redis {
namespace {

// Scripts and functions are the same at every server, since all are told of each. So one answers
// for all which functions there are.
constexpr manner all_say_ok{.to = reach::everyone, .join = join_kind::ok, .shapes = shape::status};
constexpr manner all_say_one_name{
    .to = reach::everyone, .join = join_kind::same, .shapes = shape::bulk};
constexpr manner all_say_whether{.to = reach::everyone,
                                 .join = join_kind::both,
                                 .shapes = shape::array,
                                 .elements = element_count::fields,
                                 .of = shape::integer};

// CLIENT SETINFO and NO-TOUCH came with redis 7.2; client libraries send the first when they
// connect.
constexpr subcommand subtable[] = {
    {"acl", "cat", -2, handling::unsupported},
    {"acl", "deluser", -3, handling::unsupported},
    {"acl", "dryrun", -4, handling::unsupported},
    {"acl", "genpass", -2, handling::unsupported},
    {"acl", "getuser", 3, handling::unsupported},
    {"acl", "help", 2, handling::unsupported},
    {"acl", "list", 2, handling::unsupported},
    {"acl", "load", 2, handling::unsupported},
    {"acl", "log", -2, handling::unsupported},
    {"acl", "save", 2, handling::unsupported},
    {"acl", "setuser", -3, handling::unsupported},
    {"acl", "users", 2, handling::unsupported},
    {"acl", "whoami", 2, handling::unsupported},
    {"client", "caching", 3, handling::unsupported},
    {"client", "getname", 2, handling::local},
    {"client", "getredir", 2, handling::unsupported},
    {"client", "help", 2, handling::unsupported},
    {"client", "id", 2, handling::local},
    {"client", "info", 2, handling::local},
    {"client", "kill", -3, handling::unsupported},
    {"client", "list", -2, handling::local},
    {"client", "no-evict", 3, handling::local},
    {"client", "no-touch", 3, handling::local},
    {"client", "pause", -3, handling::unsupported},
    {"client", "reply", 3, handling::local},
    {"client", "setinfo", 4, handling::local},
    {"client", "setname", 3, handling::local},
    {"client", "tracking", -3, handling::unsupported},
    {"client", "trackinginfo", 2, handling::unsupported},
    {"client", "unblock", -3, handling::unsupported},
    {"client", "unpause", 2, handling::unsupported},
    {"cluster", "addslots", -3, handling::unsupported},
    {"cluster", "addslotsrange", -4, handling::unsupported},
    {"cluster", "bumpepoch", 2, handling::unsupported},
    {"cluster", "count-failure-reports", 3, handling::unsupported},
    {"cluster", "countkeysinslot", 3, handling::unsupported},
    {"cluster", "delslots", -3, handling::unsupported},
    {"cluster", "delslotsrange", -4, handling::unsupported},
    {"cluster", "failover", -2, handling::unsupported},
    {"cluster", "flushslots", 2, handling::unsupported},
    {"cluster", "forget", 3, handling::unsupported},
    {"cluster", "getkeysinslot", 4, handling::unsupported},
    {"cluster", "help", 2, handling::unsupported},
    {"cluster", "info", 2, handling::unsupported},
    {"cluster", "keyslot", 3, handling::unsupported},
    {"cluster", "links", 2, handling::unsupported},
    {"cluster", "meet", -4, handling::unsupported},
    {"cluster", "myid", 2, handling::unsupported},
    {"cluster", "nodes", 2, handling::unsupported},
    {"cluster", "replicas", 3, handling::unsupported},
    {"cluster", "replicate", 3, handling::unsupported},
    {"cluster", "reset", -2, handling::unsupported},
    {"cluster", "saveconfig", 2, handling::unsupported},
    {"cluster", "set-config-epoch", 3, handling::unsupported},
    {"cluster", "setslot", -4, handling::unsupported},
    {"cluster", "shards", 2, handling::unsupported},
    {"cluster", "slaves", 3, handling::unsupported},
    {"cluster", "slots", 2, handling::unsupported},
    {"command", "count", 2, handling::local},
    {"command", "docs", -2, handling::local},
    {"command", "getkeys", -4, handling::local},
    {"command", "getkeysandflags", -4, handling::unsupported},
    {"command", "help", 2, handling::unsupported},
    {"command", "info", -2, handling::local},
    {"command", "list", -2, handling::local},
    {"config", "get", -3, handling::unsupported},
    {"config", "help", 2, handling::unsupported},
    {"config", "resetstat", 2, handling::unsupported},
    {"config", "rewrite", 2, handling::unsupported},
    {"config", "set", -4, handling::unsupported},
    {"function", "delete", 3, handling::forward, all_say_ok},
    {"function", "dump", 2, handling::unsupported},
    {"function", "flush", -2, handling::forward, all_say_ok},
    {"function", "help", 2, handling::unsupported},
    {"function", "kill", 2, handling::unsupported},
    {"function", "list", -2, handling::forward, {.shapes = shape::array}},
    {"function", "load", -3, handling::forward, all_say_one_name},
    {"function", "restore", -3, handling::unsupported},
    {"function", "stats", 2, handling::unsupported},
    {"latency", "doctor", 2, handling::unsupported},
    {"latency", "graph", 3, handling::unsupported},
    {"latency", "help", 2, handling::unsupported},
    {"latency", "histogram", -2, handling::unsupported},
    {"latency", "history", 3, handling::unsupported},
    {"latency", "latest", 2, handling::unsupported},
    {"latency", "reset", -2, handling::unsupported},
    {"memory", "doctor", 2, handling::unsupported},
    {"memory", "help", 2, handling::forward},
    {"memory", "malloc-stats", 2, handling::unsupported},
    {"memory", "purge", 2, handling::unsupported},
    {"memory", "stats", 2, handling::unsupported},
    {"memory", "usage", -3, handling::forward},
    {"module", "help", 2, handling::unsupported},
    {"module", "list", 2, handling::unsupported},
    {"module", "load", -3, handling::unsupported},
    {"module", "loadex", -3, handling::unsupported},
    {"module", "unload", 3, handling::unsupported},
    {"object", "encoding", 3, handling::forward},
    {"object", "freq", 3, handling::forward},
    {"object", "help", 2, handling::forward},
    {"object", "idletime", 3, handling::forward},
    {"object", "refcount", 3, handling::forward},
    {"pubsub", "channels", -2, handling::unsupported},
    {"pubsub", "help", 2, handling::unsupported},
    {"pubsub", "numpat", 2, handling::unsupported},
    {"pubsub", "numsub", -2, handling::unsupported},
    {"pubsub", "shardchannels", -2, handling::unsupported},
    {"pubsub", "shardnumsub", -2, handling::unsupported},
    {"script", "debug", 3, handling::unsupported},
    {"script", "exists", -3, handling::forward, all_say_whether},
    {"script", "flush", -2, handling::forward, all_say_ok},
    {"script", "help", 2, handling::unsupported},
    {"script", "kill", 2, handling::unsupported},
    {"script", "load", 3, handling::forward, all_say_one_name},
    {"slowlog", "get", -2, handling::local},
    {"slowlog", "help", 2, handling::unsupported},
    {"slowlog", "len", 2, handling::local},
    {"slowlog", "reset", 2, handling::local},
    {"xgroup", "create", -5, handling::forward},
    {"xgroup", "createconsumer", 5, handling::forward},
    {"xgroup", "delconsumer", 5, handling::forward},
    {"xgroup", "destroy", 4, handling::forward},
    {"xgroup", "help", 2, handling::forward},
    {"xgroup", "setid", -5, handling::forward},
    {"xinfo", "consumers", 4, handling::forward},
    {"xinfo", "groups", 3, handling::forward},
    {"xinfo", "help", 2, handling::forward},
    {"xinfo", "stream", -3, handling::forward},
};

}  // namespace

std::span<const subcommand> subcommands() {
  return subtable;
}

const subcommand* find_subcommand(const command& container, std::string_view name) {
  for (const subcommand& row : subtable) {
    if (row.container == container.name && equal_ignoring_case(row.name, name)) return &row;
  }
  return nullptr;
}

}  // namespace dovetail::redis
