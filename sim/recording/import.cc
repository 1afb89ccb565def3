#include "sim/recording/import.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/endpoint.h"
#include "base/request_class.h"
#include "base/time.h"
#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "config/config.h"
#include "config/config_error.h"
#include "config/parse.h"
#include "message/request.h"
#include "message/response.h"
#include "message/slow_log.h"
#include "protocol/protocol.h"
#include "proxy/running_pool.h"
#include "recorder/entry.h"
#include "recorder/file.h"
#include "recorder/flight_log.h"
#include "sim/scenario/limits.h"
#include "sim/scenario/player.h"
#include "sim/scenario/run.h"
#include "sim/scenario/scenario.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view file_name = "imported.yml";

// A client of the pool, or a connection to one of its servers.
struct peer {
  explicit peer(block_pool& blocks) : in(blocks) {}

  bool server = false;
  std::uint32_t number = 0;  // of the server, or of the client in the order of their coming
  std::uint64_t since = 0;   // the event it came with, or was asked for
  inbox in;
  std::unique_ptr<request_parser> requests;
  std::unique_ptr<response_parser> responses;
  session who = {};
  std::size_t greetings_owed = 0;  // that the model's servers do not say
  bool connected = false;          // of a server: something was read or written
  bool over = false;               // what comes now says nothing any more
};

// Something that came from outside, at its place in the recording.
struct moment {
  enum class kind : std::uint8_t { comes, says, finishes, breaks, refuses, connects };

  kind what = kind::says;
  bool server = false;
  std::uint32_t number = 0;
  std::uint64_t event = 0;
  std::uint64_t since = 0;  // of a refusal: when the connection was asked for
  bool heard = true;        // of a break: by reading, and not by writing
  instant at{};
  std::size_t messages = 0;
  std::vector<std::string> requests = {};  // of a client
};

std::string upper(std::string_view word) {
  std::string made(word);
  std::ranges::transform(made, made.begin(), [](unsigned char c) { return std::toupper(c); });
  return made;
}

// Reads a recording and notes the moments of one pool.
class reader {
 public:
  reader(const pool_config& of, const import_options& how)
      : how_(how), pool_(of, 0, 0, logs_), blocks_(16384) {}

  // False where the bytes are no entries.
  void read(const recording& of) {
    for (const std::string& chunk : of.chunks) {
      entry_reader entries(chunk);
      while (const auto next = entries.next()) {
        take(*next);
        if (event_ > how_.until) return;
      }
      if (!entries.at_end()) return;
    }
  }

  const std::vector<moment>& moments() const { return moments_; }

  // Whether the client came before the part that is looked at.
  bool was_there(std::uint32_t client) const { return came_[client] < how_.from; }

 private:
  void take(const entry& what) {
    if (is_event(what.kind)) {
      now_ += what.since;
      ++event_;
    }
    switch (what.kind) {
      case entry_kind::listen:
        if (!what.failed && what.text == to_string(pool_.config.listen)) doors_[what.which] = true;
        return;
      case entry_kind::close:
        doors_.erase(what.which);
        return;
      case entry_kind::accept:
        if (doors_.contains(what.at)) add_client(what.which);
        return;
      case entry_kind::connect:
        return add_server(what);
      case entry_kind::drop:
        peers_.erase(what.which);
        return;
      case entry_kind::read:
      case entry_kind::write:
        if (const auto at = peers_.find(what.which); at != peers_.end()) hear(*at->second, what);
        return;
      default:
        return;
    }
  }

  void add_client(std::uint32_t socket) {
    auto made = std::make_unique<peer>(blocks_);
    made->number = static_cast<std::uint32_t>(came_.size());
    made->since = event_;
    made->requests = pool_.speaks->new_request_parser();
    made->who.authenticated = pool_.config.redis_auth.empty();
    made->requests->trust(made->who.authenticated);
    came_.push_back(event_);
    note(*made, moment::kind::comes);
    peers_[socket] = std::move(made);
  }

  void add_server(const entry& what) {
    const auto& servers = pool_.config.servers;
    const auto its = std::ranges::find_if(
        servers, [&](const server_config& each) { return to_string(each.address) == what.text; });
    if (its == servers.end()) return;
    auto made = std::make_unique<peer>(blocks_);
    made->server = true;
    made->number = static_cast<std::uint32_t>(its - servers.begin());
    made->responses = pool_.speaks->new_response_parser();
    // The model's servers are told a password at most.
    const std::size_t greetings = pool_.speaks->greeting().size();
    made->greetings_owed = greetings - (pool_.config.redis_auth.empty() ? 0 : 1);
    made->since = event_;
    note(*made, moment::kind::connects);
    peers_[what.which] = std::move(made);
  }

  void hear(peer& from, const entry& what) {
    if (from.over) return;
    if (what.failed) return lose(from, what);
    from.connected = true;
    if (what.kind != entry_kind::read) return;
    if (what.number == 0 && what.asked > 0) {
      from.over = true;
      return note(from, moment::kind::finishes);
    }
    std::string_view bytes = what.text;
    while (!bytes.empty() && !from.over) {
      const auto room = from.in.room();
      const std::size_t size = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), size);
      from.in.fill(size);
      bytes.remove_prefix(size);
      if (from.server) take_responses(from);
      if (!from.server) take_requests(from);
    }
  }

  void lose(peer& from, const entry& what) {
    const std::error_code why(static_cast<int>(what.number), std::generic_category());
    const bool waits = why == std::errc::operation_would_block ||
                       why == std::errc::resource_unavailable_try_again ||
                       why == std::errc::interrupted;
    if (waits) return;
    from.over = true;
    const bool refused = from.server && !from.connected;
    note({.what = refused ? moment::kind::refuses : moment::kind::breaks,
          .server = from.server,
          .number = from.number,
          .since = from.since,
          .heard = what.kind == entry_kind::read});
  }

  void take_requests(peer& from) {
    moment its = {.what = moment::kind::says, .server = false, .number = from.number};
    request found;
    std::string answer;
    while (!from.over && !from.in.empty()) {
      const parse_status status = from.requests->parse(from.in, found);
      if (status == parse_status::incomplete) break;
      from.over = status == parse_status::malformed;
      if (from.over) break;
      const dovetail::verdict what = pool_.speaks->filter(found, from.who, answer);
      from.requests->trust(from.who.authenticated);
      if (what != dovetail::verdict::ignore) its.requests.push_back(line_for(found, what, answer));
      from.over = what == dovetail::verdict::hang_up;
      from.in.consume(found.consumed);
    }
    its.messages = its.requests.size();
    if (its.messages > 0) note(std::move(its));
  }

  void take_responses(peer& from) {
    moment its = {.what = moment::kind::says, .server = true, .number = from.number};
    response found;
    while (!from.in.empty()) {
      const parse_status status = from.responses->parse(from.in, found);
      if (status == parse_status::incomplete) break;
      from.over = status == parse_status::malformed;
      if (from.over) break;
      from.in.consume(found.size);
      if (from.greetings_owed > 0) {
        --from.greetings_owed;
      } else {
        ++its.messages;
      }
    }
    if (its.messages > 0) note(std::move(its));
  }

  // A request of a scenario that does to the proxy what this one did.
  std::string line_for(const request& asked, dovetail::verdict what, std::string_view answer) {
    const std::string name = asked.arguments.empty() ? "" : upper(asked.argument(0));
    if (what == dovetail::verdict::hang_up) return "quit";
    if (what == dovetail::verdict::answer) {
      if (name == "AUTH" && !pool_.config.redis_auth.empty()) return "auth";
      return pool_.speaks->is_error(answer) ? "unknown" : "echo";
    }
    const server_range all = pool_.speaks->audience(asked);
    if (!all.empty()) {
      const bool one = pool_.config.redis && all.end - all.first == 1;
      return one ? fmt::format("scan s{}", all.first) : "all s0";
    }
    const std::vector<std::string> owners = owners_of(asked);
    const bool several = owners.size() > 1 && pool_.speaks->splits(asked);
    if (several) return fmt::format("{} {}", verb_of_several(name), fmt::join(owners, " "));
    if (std::ranges::any_of(owners, [&](const auto& each) { return each != owners[0]; }))
      return "unknown";
    byte_queue unused;
    const bool writes = pool_.speaks->expect(asked, unused).kind == request_class::write;
    if (!asked.reply_wanted) return fmt::format("set {} noreply", owners[0]);
    return fmt::format("{} {}", writes ? "set" : "get", owners[0]);
  }

  std::string verb_of_several(std::string_view name) const {
    if (!pool_.config.redis || name == "MGET") return "mget";
    return name == "MSET" ? "mset" : "del";
  }

  std::vector<std::string> owners_of(const request& asked) {
    std::vector<std::string> owners;
    const auto add = [&](std::string_view key) {
      owners.push_back(fmt::format("s{}", pool_.servers.server_for(key).value_or(0)));
    };
    if (asked.keys.empty()) add(keyless_key);
    for (const extent& key : asked.keys)
      add(asked.meant.empty() ? asked.text(key) : asked.meant);
    return owners;
  }

  void note(const peer& of, moment::kind what) {
    note({.what = what, .server = of.server, .number = of.number});
  }

  void note(moment what) {
    if (event_ < how_.from || event_ > how_.until) return;
    what.event = event_;
    what.at = now_;
    moments_.push_back(std::move(what));
  }

  const import_options& how_;
  slow_logs logs_;
  running_pool pool_;
  block_pool blocks_;
  std::uint64_t event_ = 0;
  instant now_{};
  std::map<std::uint32_t, bool> doors_;  // listeners of the pool
  std::map<std::uint32_t, std::unique_ptr<peer>> peers_;
  std::vector<std::uint64_t> came_;  // with which event each client
  std::vector<moment> moments_;
};

// Makes a script of moments.
class writer {
 public:
  writer(const pool_config& of, const reader& from) : pool_(of), from_(from) {
    for (const moment& each : from_.moments()) {
      if (each.server || each.requests.empty()) continue;
      auto& its = asked_[each.number];
      its.insert(its.end(), each.requests.begin(), each.requests.end());
      requests_ += each.requests.size();
    }
    for (const bool early : {true, false}) {
      for (const auto& [client, requests] : asked_) {
        if (from_.was_there(client) != early) continue;
        names_[client] = fmt::format("c{}", in_order_.size());  // as pictures number them
        in_order_.push_back(client);
      }
    }
    for (const moment& each : from_.moments())
      add(each);
  }

  std::size_t clients() const { return asked_.size(); }
  std::size_t requests() const { return requests_; }
  std::size_t steps() const { return steps_.size(); }

  void leave_out(std::size_t step) {
    const auto at = steps_.begin() + static_cast<std::ptrdiff_t>(step);
    left_out_.push_back(std::move(*at));
    steps_.erase(at);
  }

  std::string text() const {
    std::string out = "kind: script\n" + surroundings() + "clients:\n";
    for (const std::uint32_t client : in_order_) {
      out += fmt::format("  {}:\n", names_.at(client));
      for (const std::string& each : asked_.at(client))
        out += fmt::format("    - {}\n", each);
    }
    out += "steps:\n";
    for (const made_step& each : steps_)
      out += fmt::format("  - {}  # {}\n", each.text, place_of(each));
    for (const made_step& each : left_out_)
      out +=
          fmt::format("# left out, for there was no occasion: {}, {}\n", each.text, place_of(each));
    return out;
  }

 private:
  struct made_step {
    std::uint64_t event = 0;  // of the recording
    instant at{};
    std::string text;
  };

  static std::string place_of(const made_step& of) {
    return fmt::format("event {}, {:.3f} s", of.event,
                       std::chrono::duration<double>(of.at.time_since_epoch()).count());
  }

  std::string surroundings() const {
    std::string out = fmt::format("protocol: {}\nservers: {}\n", pool_.redis ? "redis" : "memcache",
                                  pool_.servers.size());
    const auto add = [&](std::string_view key, auto value, bool usual) {
      if (!usual) out += fmt::format("{}: {}\n", key, value);
    };
    add("lanes", pool_.server_connections, pool_.server_connections == 1);
    add("timeout", fmt::format("{}ms", pool_.timeout_ms), pool_.timeout_ms == 0);
    add("preconnect", false, !connects_);
    add("password", true, !pool_.redis || pool_.redis_auth.empty());
    add("eject_after", pool_.server_failure_limit, !pool_.auto_eject_hosts);
    add("eject_rehash", false, pool_.eject_rehash);
    add("per_key", true, pool_.on_partial_failure == partial_failure_kind::error);
    add("requests_max", pool_.client_requests_max, pool_.client_requests_max >= 1024);
    return out;
  }

  void add(const moment& what) {
    if (!what.server && !asked_.contains(what.number)) return;
    const std::string whom = what.server ? fmt::format("s{}", what.number) : names_.at(what.number);
    const auto then = [&](std::string text) {
      steps_.push_back({.event = what.event, .at = what.at, .text = std::move(text)});
    };
    pass_time(what);
    switch (what.what) {
      case moment::kind::comes:
        return then("connect " + whom);
      case moment::kind::says:
        return then(fmt::format("deliver {} {} message{}", whom, what.messages,
                                what.messages == 1 ? "" : "s"));
      case moment::kind::finishes:
        then((what.server ? "close " : "finish ") + whom);
        return then("deliver " + whom);
      case moment::kind::breaks:
        then("reset " + whom);
        // A client's is seen by itself.
        if (what.server && what.heard) then("deliver " + whom);
        return;
      case moment::kind::refuses:
        // Whoever is asked for a connection must be as it is by then.
        if (!std::exchange(refused_[what.number], true))
          before(what.since, what.at, "refuse " + whom);
        return;
      case moment::kind::connects:
        connects_ = true;
        if (std::exchange(refused_[what.number], false))
          before(what.event, what.at, "heal " + whom);
        return;
    }
  }

  // In front of what came with that event.
  void before(std::uint64_t event, instant at, std::string text) {
    const auto where = std::ranges::lower_bound(steps_, event, {}, &made_step::event);
    steps_.insert(where, {.event = event, .at = at, .text = std::move(text)});
  }

  // Deadlines pass; less than a tenth of one does not matter.
  void pass_time(const moment& to) {
    if (!passed_to_) passed_to_ = to.at;
    if (pool_.timeout_ms == 0) return;
    const auto gone = std::chrono::floor<std::chrono::milliseconds>(to.at - *passed_to_);
    if (gone < std::chrono::milliseconds(std::max(1, pool_.timeout_ms / 10))) return;
    *passed_to_ += gone;
    before(to.event, to.at, fmt::format("advance {}ms", gone.count()));
  }

  const pool_config& pool_;
  const reader& from_;
  std::map<std::uint32_t, std::vector<std::string>> asked_;  // by client
  std::map<std::uint32_t, std::string> names_;               // likewise
  std::vector<std::uint32_t> in_order_;                      // clients
  std::size_t requests_ = 0;
  std::vector<made_step> steps_;     // by their events
  std::vector<made_step> left_out_;  // as they were found
  std::optional<instant> passed_to_;
  std::map<std::uint32_t, bool> refused_;  // servers
  bool connects_ = false;
};

std::expected<const pool_config*, std::string> pool_in(const config& all, const std::string& name) {
  std::vector<std::string> names;
  for (const pool_config& each : all.pools) {
    if (each.name == name || (name.empty() && all.pools.size() == 1)) return &each;
    names.push_back(each.name);
  }
  return std::unexpected(fmt::format("{}: it has {}",
                                     name.empty() ? "which pool?" : "there is no pool " + name,
                                     fmt::join(names, ", ")));
}

// The line of a script of which that is said; 0: none.
int line_in(std::string_view problem) {
  const std::size_t at = problem.find(':');
  int line = 0;
  if (at != std::string_view::npos)
    std::from_chars(problem.data() + at + 1, problem.data() + problem.size(), line);
  return line;
}

// Takes out what the model has no occasion for, one step after the other.
std::expected<void, std::string> play(writer& of, imported& into) {
  for (;;) {
    into.script = of.text();
    const auto read = parse_scenario(into.script, std::string(file_name));
    if (!read) return std::unexpected(to_string(read.error().front()));
    const auto orders = orders_of(read->steps);
    player played(*read);
    const bool done = played.play(orders.front());
    const std::string problem = played.problem();
    const auto at = std::ranges::find(read->steps, line_in(problem), &script_step::line);
    if (done || problem.empty() || at == read->steps.end()) {
      const verdict& found = played.of().found();
      if (!found.good()) into.played = describe(found);
      return {};
    }
    of.leave_out(static_cast<std::size_t>(at - read->steps.begin()));
    ++into.left_out;
  }
}

}  // namespace

std::expected<imported, std::string> import_recording(const recording& of,
                                                      const import_options& how) {
  const auto with = parse_config(of.configuration, "its configuration");
  if (!with) return std::unexpected(to_string(with.error().front()));
  const auto pool = pool_in(with->what, how.pool);
  if (!pool) return std::unexpected(pool.error());
  const std::uint64_t servers = (*pool)->servers.size();
  if (servers > limits_of("servers").most) {
    return std::unexpected(fmt::format("pool {} has {} servers, a scenario has {} at most",
                                       (*pool)->name, servers, limits_of("servers").most));
  }
  reader from(**pool, how);
  from.read(of);
  writer made(**pool, from);
  imported result;
  result.clients = made.clients();
  result.requests = made.requests();
  if (result.requests == 0)
    return std::unexpected(fmt::format("nobody asks pool {} anything there", (*pool)->name));
  if (result.requests > imported_requests_max) {
    return std::unexpected(
        fmt::format("{} requests there, {} at most make a scenario: --from and "
                    "--until take a part",
                    result.requests, imported_requests_max));
  }
  if (const auto done = play(made, result); !done) return std::unexpected(done.error());
  result.steps = made.steps();
  return result;
}

}  // namespace dovetail::sim
