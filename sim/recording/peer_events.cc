#include "sim/recording/peer_events.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/endpoint.h"
#include "base/request_class.h"
#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "config/config.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/protocol.h"
#include "recorder/entry.h"
#include "recorder/file.h"
#include "recorder/flight_log.h"

namespace dovetail::sim {
namespace {

std::string upper(std::string_view word) {
  std::string made(word);
  std::ranges::transform(made, made.begin(), [](unsigned char c) { return std::toupper(c); });
  return made;
}

}  // namespace

// A client of the pool, or a connection to one of its servers.
struct peer_event_reader::peer {
  explicit peer(block_pool& blocks) : in(blocks) {}

  bool server = false;
  std::uint32_t number = 0;  // as in its events
  std::uint64_t since = 0;   // the event that it came with, or was asked for in
  inbox in;
  std::unique_ptr<request_parser> requests;
  std::unique_ptr<response_parser> responses;
  session who = {};
  std::size_t greetings_owed = 0;  // that the model's servers do not say
  bool connected = false;          // of a server: something was read or written
  bool over = false;               // what comes now says nothing any more
};

peer_event_reader::peer_event_reader(const pool_config& of, std::uint64_t from, std::uint64_t until)
    : from_(from), until_(until), pool_(of, 0, 0, logs_), blocks_(block_pool::default_block_size) {}

peer_event_reader::~peer_event_reader() = default;

void peer_event_reader::read(const recording& of) {
  for (const std::string& chunk : of.chunks) {
    entry_reader entries(chunk);
    while (const auto next = entries.next()) {
      take(*next);
      if (event_ > until_ || reloaded_ > 0) return;
    }
  }
}

void peer_event_reader::take(const entry& what) {
  if (is_event(what.kind)) {
    now_ += what.since;
    ++event_;
  }
  switch (what.kind) {
    case entry_kind::adopt:
      reloaded_ = event_;
      return;
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

void peer_event_reader::add_client(std::uint32_t socket) {
  auto made = std::make_unique<peer>(blocks_);
  made->number = static_cast<std::uint32_t>(came_.size());
  made->since = event_;
  made->requests = pool_.speaks->new_request_parser();
  made->who.authenticated = pool_.config.redis_auth.empty();
  made->requests->trust(made->who.authenticated);
  came_.push_back(event_);
  note(*made, peer_event::kind::comes);
  peers_[socket] = std::move(made);
}

void peer_event_reader::add_server(const entry& what) {
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
  note(*made, peer_event::kind::connects);
  peers_[what.which] = std::move(made);
}

void peer_event_reader::hear(peer& from, const entry& what) {
  if (from.over) return;
  if (what.failed) return lose(from, what);
  from.connected = true;
  if (what.kind != entry_kind::read) return;
  if (what.number == 0 && what.asked > 0) {
    from.over = true;
    return note(from, peer_event::kind::finishes);
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

void peer_event_reader::lose(peer& from, const entry& what) {
  const std::error_code why(static_cast<int>(what.number), std::generic_category());
  const bool waits = why == std::errc::operation_would_block ||
                     why == std::errc::resource_unavailable_try_again ||
                     why == std::errc::interrupted;
  if (waits) return;
  from.over = true;
  const bool refused = from.server && !from.connected;
  note({.what = refused ? peer_event::kind::refuses : peer_event::kind::breaks,
        .server = from.server,
        .number = from.number,
        .since = from.since,
        .heard = what.kind == entry_kind::read});
}

void peer_event_reader::take_requests(peer& from) {
  peer_event its = {.what = peer_event::kind::says, .server = false, .number = from.number};
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

void peer_event_reader::take_responses(peer& from) {
  peer_event its = {.what = peer_event::kind::says, .server = true, .number = from.number};
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
std::string peer_event_reader::line_for(const request& asked,
                                        dovetail::verdict what,
                                        std::string_view answer) {
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

std::string peer_event_reader::verb_of_several(std::string_view name) const {
  if (!pool_.config.redis || name == "MGET") return "mget";
  return name == "MSET" ? "mset" : "del";
}

std::vector<std::string> peer_event_reader::owners_of(const request& asked) {
  std::vector<std::string> owners;
  const auto add = [&](std::string_view key) {
    owners.push_back(fmt::format("s{}", pool_.servers.server_for(key).value_or(0)));
  };
  if (asked.keys.empty()) add(keyless_key);
  for (const extent& key : asked.keys)
    add(asked.meant.empty() ? asked.text(key) : asked.meant);
  return owners;
}

void peer_event_reader::note(const peer& of, peer_event::kind what) {
  note({.what = what, .server = of.server, .number = of.number});
}

void peer_event_reader::note(peer_event what) {
  if (event_ < from_ || event_ > until_) return;
  what.event = event_;
  what.at = now_;
  events_.push_back(std::move(what));
}

}  // namespace dovetail::sim
