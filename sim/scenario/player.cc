#include "sim/scenario/player.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "proxy/sides.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/stream.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/yaml.h"
#include "sim/world/asked.h"
#include "sim/world/judge.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"
#include "stats/counters.h"

namespace dovetail::sim {
namespace {

using deed = script_step::deed;

constexpr std::size_t all = link_end::unlimited;

// The end of a connection that is the proxy's.
int proxy_side(party whom) {
  return whom.server ? 0 : 1;
}

}  // namespace

player::player(const scenario& of, scenario_watch watch, chooser* later)
    : of_(&of), watch_(std::move(watch)), later_(later), world_(of.what, choices_) {
  world_.court().keep_replies();
}

bool player::play(const std::vector<const script_step*>& steps) {
  return act(steps) && finish();
}

bool player::act(const std::vector<const script_step*>& steps) {
  settle();
  for (const script_step* const each : steps) {
    take(*each);
    if (!problem_.empty() || !world_.found().good()) return false;
  }
  drain();
  return true;
}

bool player::begin(const std::vector<const script_step*>& steps, std::uint64_t until) {
  settle();
  for (const script_step* const each : steps) {
    if (world_.events() >= until) break;
    take(*each);
    if (!problem_.empty() || !world_.found().good()) return false;
  }
  const auto clients = static_cast<std::uint32_t>(of_->what.clients.size());
  for (std::uint32_t client = world_.came(); client < clients; ++client)
    world_.connect(client);
  release();
  if (later_ != nullptr) choices_.ask(*later_);
  return true;
}

bool player::finish() {
  world_.close();
  return world_.found().good();
}

void player::take(const script_step& step) {
  line_ = step.line;
  const std::uint32_t whom = step.whom.number;
  switch (step.what) {
    case deed::deliver:
      return deliver(step);
    case deed::accept:
      return accept(step);
    case deed::reset:
    case deed::close:
      return break_off(step);
    case deed::together:
      return take_together(step);
    case deed::now:
      return look(step);
    case deed::race:
      return;  // see orders_of
    case deed::finish:
      world_.make(fault::client_finish, whom);
      break;
    case deed::connect:
      world_.connect(whom);
      break;
    case deed::stop:
      world_.tell(whom, client_deed::stop_reading);
      break;
    case deed::resume:
      world_.tell(whom, client_deed::resume_reading);
      break;
    case deed::stall:
      world_.make(fault::stall, whom);
      break;
    case deed::restart:
      for (const link* const at : links_of(step.whom))
        hold_for_good(*at);
      world_.make(fault::restart, whom);
      break;
    case deed::refuse:
      world_.make(fault::refusal, whom);
      break;
    case deed::black_hole:
      world_.make(fault::black_hole, whom);
      break;
    case deed::unresolve:
      world_.make(fault::unresolved, whom);
      break;
    case deed::exhaust:
      world_.make(fault::descriptors, 0);
      break;
    case deed::reload:
      world_.make(fault::reload, 0);
      break;
    case deed::heal:
      world_.unstall(whom);
      world_.make_reachable(whom);
      world_.give_descriptors();
      break;
    case deed::advance:
      world_.pass(step.time);
      break;
    case deed::timer:
      if (!world_.subject().wake()) return complain(step.line, "the proxy waits for no deadline");
      world_.pass(std::max(*world_.subject().wake() - world_.wires().now(), duration::zero()));
      break;
    case deed::conduct:
      world_.expect_conduct(whom, step.next);
      told_[whom].push_back(&step);
      break;
    case deed::say:
      world_.say(whom, step.text);
      break;
  }
  settle();
}

void player::take_together(const script_step& step) {
  world_.wires().how().batches = true;
  for (const script_step& each : step.branches.front()) {
    line_ = each.line;
    if (each.what == deed::reset && !each.whom.server) {
      world_.make(fault::client_reset, each.whom.number);
    } else if (each.what != deed::deliver) {
      complain(each.line, "what happens together are deliveries and clients' resets");
      break;
    }
    if (each.what == deed::deliver) {
      const int side = proxy_side(each.whom);
      for (link* const at : links_of(each.whom)) {
        const bool counts = each.messages > 0;
        at->end(side).may_read = counts ? first_of(*at, side, each.messages).bytes : each.bytes;
      }
    }
    settle(false);
    for (link* const at : links_of(each.whom))
      at->end(proxy_side(each.whom)).may_read = 0;
  }
  settle();
  world_.wires().how().batches = false;
}

// How far so many messages of its peer reach.
stream::run_of_messages player::first_of(const link& at, int side, std::size_t count) {
  return at.peer(side).out.first(count, at.written_by(1 - side));
}

// Of several connections to a server, the first on which there is something.
void player::deliver(const script_step& step) {
  const int side = proxy_side(step.whom);
  for (link* const at : links_of(step.whom)) {
    const link_end& from = at->peer(side);
    const bool has = !from.out.empty() || from.out.finished || at->end(side).broken();
    if (has) return give(*at, side, step);
  }
  if (!step.in_race) complain(step.line, "there is nothing from " + name_of(step.whom));
}

void player::give(link& at, int side, const script_step& step) {
  const std::uint32_t id = at.id;
  const std::size_t there = first_of(at, side, step.messages).count;
  at.end(side).may_read = room_for(step, at);
  settle();
  link* const still = world_.wires().find(id);
  if (still == nullptr) return;
  const std::size_t left = std::exchange(still->end(side).may_read, 0);
  if (step.in_race || !still->end(side).open) return;
  const bool counts = step.messages > 0;
  const std::size_t missing = counts ? step.messages - there : left;
  if (missing > 0 && (counts || step.bytes != all)) {
    complain(step.line, fmt::format("of {} {} from {}, {} were not there or not read",
                                    counts ? step.messages : step.bytes,
                                    counts ? "messages" : "bytes", name_of(step.whom), missing));
  }
}

// How much the proxy may read: of all that its peer has to say, what is there now, and not what its
// answer may bring.
std::size_t player::room_for(const script_step& step, const link& at) {
  const int side = proxy_side(step.whom);
  if (step.messages > 0) return first_of(at, side, step.messages).bytes;
  const stream& from = at.peer(side).out;
  return step.bytes != all ? step.bytes : from.size() + (from.finished || from.empty() ? 1 : 0);
}

void player::accept(const script_step& step) {
  if (step.whom.server) quota_[step.whom.number] = step.bytes;
  for (link* const at : links_of(step.whom))
    at->end(proxy_side(step.whom)).may_write = step.bytes;
  settle();
}

// What no step has delivered when a connection breaks nobody can read any more.
void player::hold_for_good(const link& at) {
  if (!at.end(1).out.empty()) world_.court().on_held_back(at.id);
}

void player::break_off(const script_step& step) {
  if (!step.whom.server) {
    if (step.what == deed::reset) world_.make(fault::client_reset, step.whom.number);
    if (step.what == deed::close) world_.tell(step.whom.number, client_deed::close);
    return settle();
  }
  const fault what = step.what == deed::reset ? fault::server_reset : fault::server_close;
  const auto links = links_of(step.whom);
  const auto at = std::ranges::find_if(links, [](link* each) {
    return each->end(1).open && !each->end(1).gone && !each->end(1).broken();
  });
  if (at != links.end()) {
    hold_for_good(**at);
    world_.make(what, (*at)->id);
  } else if (!step.in_race) {
    complain(step.line, name_of(step.whom) + " has no connection");
  }
  settle();
}

// ---- what there is

std::vector<link*> player::links_of(party whom) {
  std::vector<link*> found;
  for (const auto& each : world_.wires().links()) {
    const bool its = whom.server
                         ? each->to == server_address(whom.number)
                         : each->to == proxy_address() && each->end(0).who().slot == whom.number;
    // The proxy may not have heard of a client yet, or not have noticed that it left.
    const bool there = each->end(proxy_side(whom)).open || (!whom.server && each->end(0).open);
    if (its && there) found.push_back(each.get());
  }
  return found;
}

// What the proxy has not seen yet it does not get before a step says so.
void player::hold_new() {
  for (const auto& each : world_.wires().links()) {
    if (!held_.insert(each->id).second) continue;
    const bool to_proxy = each->to == proxy_address();
    link_end& end = each->end(to_proxy ? 1 : 0);
    end.may_read = 0;
    if (to_proxy) continue;
    for (std::uint32_t server = 0; server < of_->what.servers; ++server) {
      if (each->to != server_address(server)) continue;
      lines_.push_back({.link = each->id, .server = server});
      if (quota_.contains(server)) end.may_write = quota_[server];
    }
  }
}

// Everything that may happen without a step and without time.
void player::settle(bool ends_turn) {
  for (;;) {
    hold_new();
    const auto& possible = world_.possible();
    const auto next = std::ranges::find_if(possible, [&](const happening& each) {
      if (each.what == happening::kind::fault || world_.wires().takes_time(each)) return false;
      return ends_turn || each.what != happening::kind::turn_end;
    });
    if (next == possible.end()) break;
    world_.perform(happening(*next));
    if (watch_) watch_(world_);
  }
  for (seen_line& each : lines_) {
    const link* const at = world_.wires().find(each.link);
    each.open = at != nullptr && at->end(0).open && !at->end(0).broken();
  }
}

// Nothing is held back any more.
void player::release() {
  quota_.clear();
  for (const auto& each : world_.wires().links()) {
    for (link_end& end : each->ends)
      end.may_read = end.may_write = all;
  }
}

void player::drain() {
  release();
  while (world_.step()) {
    if (watch_) watch_(world_);
  }
  for (seen_line& each : lines_) {
    const link* const at = world_.wires().find(each.link);
    each.open = at != nullptr && at->end(0).open && !at->end(0).broken();
  }
  take_unused();
  closed_.clear();
  for (const judge::client_record& each : world_.court().clients()) {
    closed_.push_back(each.over &&
                      (each.how == client_end::finished || each.how == client_end::lost));
  }
}

// They are met in their order.
void player::take_unused() {
  for (const auto& [server, steps] : told_) {
    const std::size_t left = world_.forget_conduct(server);
    unused_.insert(steps.end() - static_cast<std::ptrdiff_t>(left), steps.end());
  }
}

void player::look(const script_step& step) {
  for (const auto& [whom, said] : step.things) {
    if (whom.server) {
      look_at_server(whom.number, said);
    } else {
      look_at_client(whom.number, said);
    }
  }
  compare("blocks of the proxy", step.proxy.blocks, world_.subject().blocks().in_use());
}

void player::look_at_client(std::uint32_t client, const snapshot& said) {
  const std::string whose = " of " + name_of({.server = false, .number = client});
  compare("replies" + whose, said.replies, world_.court().clients()[client].replies);
  const auto links = links_of({.server = false, .number = client});
  world_.subject().for_each_client([&](const client_side& each) {
    const bool its = std::ranges::any_of(
        links, [&](const link* at) { return at->end(1).open && at->end(1).who() == each.name; });
    if (!its) return;
    compare("window" + whose, said.window, each.talk.window().size());
    compare("unwritten" + whose, said.unwritten, each.talk.output().size());
  });
}

void player::look_at_server(std::uint32_t server, const snapshot& said) {
  const std::string whose = " of " + name_of({.server = true, .number = server});
  std::uint64_t awaiting = 0;
  std::uint64_t unwritten = 0;
  std::uint64_t connections = 0;
  world_.subject().for_each_server([&](const server_side& each) {
    if (each.server != server) return;
    ++connections;
    awaiting += each.talk.owed().size();
    unwritten += each.talk.unwritten().size();
  });
  compare("awaiting" + whose, said.awaiting, awaiting);
  compare("unwritten" + whose, said.unwritten, unwritten);
  compare("connections" + whose, said.connections, connections);
}

void player::compare(const std::string& what,
                     std::optional<std::uint64_t> said,
                     std::uint64_t found) {
  if (!said || *said == found) return;
  complain(line_, fmt::format("{}: {}, not {}", what, found, *said));
}

// ---- what came of it

bool player::fits(const std::string& said, const judge::request_record& of) const {
  const bool is_error = of.replied && sim::is_error(of.reply, of_->what.redis);
  if (said == "any") return true;
  if (said == "none") return !of.replied;
  if (said == "value") return of.replied && !is_error;
  if (said == "error") return is_error;
  return of.replied && matches(of.reply, said);
}

bool player::fulfils(const expectation& what) {
  problem_.clear();
  const auto& clients = world_.court().clients();
  for (const auto& [client, outcomes] : what.replies) {
    for (std::size_t at = 0; at < outcomes.size(); ++at) {
      const auto& of = clients[client].requests[at];
      const bool fine =
          std::ranges::any_of(outcomes[at], [&](const auto& said) { return fits(said, of); });
      if (fine) continue;
      complain(what.line,
               fmt::format("request {} of {} was answered with {}, not {}", at,
                           of_->clients[client], of.replied ? print_quoted(of.reply) : "nothing",
                           print_quoted(outcomes[at].front())));
    }
  }
  const auto check = [&](const auto& whom, bool server, const char* why, auto holds) {
    for (const std::uint32_t each : whom) {
      if (!holds(each)) complain(what.line, name_of({server, each}) + why);
    }
  };
  const auto lost = [&](std::uint32_t server) {
    return std::ranges::any_of(
        lines_, [&](const seen_line& each) { return each.server == server && !each.open; });
  };
  check(what.closed, false, " was not closed", [&](auto each) { return closed_[each]; });
  check(what.open, false, " was closed", [&](auto each) { return !closed_[each]; });
  check(what.kept, true, " lost a connection", [&](auto each) { return !lost(each); });
  check(what.lost, true, " lost no connection", lost);
  for (const auto& [name, said] : what.counters) {
    const pool_counters& counts = world_.subject().counters(0);
    std::int64_t found = 0;
    if (name == "doubtful_responses") found = counts.doubtful_responses.get();
    if (name == "forward_error") found = counts.forward_error.get();
    if (name == "fragments") found = counts.fragments.get();
    if (name == "server_ejects") found = counts.server_ejects.get();
    if (name == "server_timedout") {
      for (std::uint32_t server = 0; server < of_->what.servers; ++server)
        found += world_.subject().counters(0, server).server_timedout.get();
    }
    line_ = what.line;
    compare(name, said, static_cast<std::uint64_t>(found));
  }
  return problem_.empty();
}

void player::complain(int line, const std::string& why) {
  if (problem_.empty()) problem_ = fmt::format("{}:{}: {}", of_->file, line, why);
}

std::string player::name_of(party whom) const {
  return whom.server ? fmt::format("s{}", whom.number) : of_->clients[whom.number];
}

}  // namespace dovetail::sim
