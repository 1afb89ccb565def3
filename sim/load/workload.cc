#include "sim/load/workload.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "base/random.h"
#include "base/time.h"
#include "sim/load/key_space.h"
#include "sim/load/mix.h"
#include "sim/load/provenance.h"
#include "sim/load/reply_judge.h"
#include "sim/load/tally.h"
#include "sim/model/client.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"

namespace dovetail::sim::load {
namespace {

constexpr std::uint32_t counters = 64;
constexpr duration before_coming_back = std::chrono::milliseconds(20);

std::uint32_t high_bits(std::uint64_t draw) {
  return static_cast<std::uint32_t>(draw >> 32);
}

std::string why_ended(client_end how, std::error_code why) {
  switch (how) {
    case client_end::finished:
      return "the server closed a connection";
    case client_end::refused:
      return "cannot connect: " + why.message();
    case client_end::lost:
      return "connection lost: " + why.message();
    case client_end::closed:
    case client_end::reset:
      break;
  }
  return "given up: what came was no reply to what was asked";
}

}  // namespace

workload::workload(const workload_options& how)
    : how_(how),
      values_(how.prefix + "k", how.keys, how.clients),
      counters_(how.prefix + "n", counters, how.clients),
      maker_(how.value_bytes_least, how.value_bytes_most),
      writer_(how.speaks, values_, counters_, maker_),
      ledger_(values_, counters_, how.clients, how.seed),
      judge_(how.speaks, values_, counters_, maker_, ledger_, how.servers_may_forget),
      preloads_left_(how.keys + counters) {
  random_stream seeds(how.seed);
  askers_.reserve(how.clients);
  for (std::uint32_t at = 0; at < how.clients; ++at)
    askers_.push_back({.draws = random_stream(seeds.next())});
  if (how.preloaded) assume_preloaded();
}

void workload::assume_preloaded() {
  for (key_number key = 0; key < values_.size(); ++key)
    ledger_.preload(key);
  for (key_number counter = 0; counter < counters_.size(); ++counter)
    ledger_.preload_counter(counter);
}

client_plan workload::plan() {
  return {.to = how_.to,
          .speaks = how_.speaks,
          .sessions = {{.window = how_.pipeline},
                       {.pause = before_coming_back, .window = how_.pipeline}},
          .repeats = true,
          .source = this};
}

void workload::preload(instant now) {
  phase_ = phase::preloading;
  last_reply_ = now;
}

void workload::ask(instant now) {
  phase_ = phase::asking;
  began_ = last_reply_ = now;
  counts_.forget_requests();
}

// ---- asking

std::optional<instant> workload::on_room(client& who, std::size_t room, instant now) {
  if (complaint_) return std::nullopt;
  asker& as = askers_[who.name().client];
  if (phase_ == phase::preloading) {
    while (room > 0 && preload_next(who, as, now))
      --room;
  }
  if (phase_ != phase::asking) return std::nullopt;
  if (how_.rate == 0) {
    if (how_.batches && room < how_.pipeline) return std::nullopt;
    for (; room > 0; --room)
      ask_next(who, as, now);
    return std::nullopt;
  }
  for (; room > 0; --room) {
    const instant due = due_at(who.name().client, as.due);
    if (now < due) return due;
    ++as.due;
    ask_next(who, as, due);
  }
  return std::nullopt;
}

// Clients take turns, so that requests come evenly.
instant workload::due_at(std::uint32_t client, std::uint64_t request) const {
  const std::uint64_t place = request * how_.clients + client;
  const std::uint64_t whole = place / how_.rate;
  const std::uint64_t rest = place % how_.rate;
  return began_ + duration(whole * 1'000'000 + rest * 1'000'000 / how_.rate);
}

// The clients share the keys in order of their numbers; private ones fall to their owners.
bool workload::preload_next(client& who, asker& as, instant now) {
  const std::uint32_t client = who.name().client;
  bytes_.clear();
  const std::uint64_t key = std::uint64_t{as.preloaded} * how_.clients + client;
  if (key < values_.size()) {
    ++as.preloaded;
    const provenance made = ledger_.preload(static_cast<key_number>(key));
    writer_.set(bytes_, made);
    as.keys.push({.key = made.key, .due = {}});
    send(who, as, {.what = load_op::set, .since = now});
    return true;
  }
  const std::uint64_t counter = std::uint64_t{as.counters_reset} * how_.clients + client;
  if (counter >= counters_.size()) return false;
  ++as.counters_reset;
  writer_.reset(bytes_, static_cast<key_number>(counter));
  as.keys.push({.key = static_cast<key_number>(counter), .due = {}});
  send(who, as, {.what = load_op::set, .resets = true, .since = now});
  return true;
}

void workload::ask_next(client& who, asker& as, instant since) {
  const mix_entry& what = how_.asks.pick(high_bits(as.draws.next()));
  bytes_.clear();
  write_question(as, who.name().client, what);
  send(who, as, {.what = what.what, .keys = what.keys, .since = since});
}

void workload::write_question(asker& as, std::uint32_t client, const mix_entry& what) {
  switch (what.what) {
    case load_op::get:
    case load_op::mget:
      writer_.begin_mget(bytes_, what.keys);
      for (std::uint32_t left = what.keys; left > 0; --left) {
        const key_number key = values_.pick(client, as.draws.next());
        writer_.mget_key(bytes_, key);
        as.keys.push({.key = key, .due = ledger_.due(key)});
      }
      return writer_.end_mget(bytes_);
    case load_op::set: {
      const provenance made = ledger_.next_write(client);
      as.keys.push({.key = made.key, .due = {}});
      return writer_.set(bytes_, made);
    }
    case load_op::del: {
      const key_number key = values_.pick(client, as.draws.next());
      as.keys.push({.key = key, .due = ledger_.due(key)});
      ledger_.erased(key);
      return writer_.del(bytes_, key);
    }
    case load_op::incr: {
      const key_number counter = counters_.pick(client, as.draws.next());
      as.keys.push({.key = counter, .due = {}});
      return writer_.incr(bytes_, counter);
    }
  }
}

void workload::send(client& who, asker& as, const question& asked) {
  as.asked.push(asked);
  ++waiting_;
  who.send(bytes_, replies_due::one, {});
}

// ---- what comes back

void workload::on_reply(client_name who,
                        request_number number,
                        std::string_view reply,
                        instant now) {
  if (complaint_) return;
  asker& as = askers_[who.client];
  if (as.asked.empty()) return complain(who, number, "nothing", "no reply", reply.substr(0, 100));
  last_reply_ = now;
  const question& asked = as.asked.front();
  const verdict found = judge_.judge(who.client, asked, as.keys, reply);
  if (found.is == verdict::kind::wrong) {
    return complain(who, number, words_for(as), judge_.complaint().expected,
                    judge_.complaint().got);
  }
  counts_.hits += found.hits;
  counts_.misses += found.misses;
  counts_.disordered += found.disordered;
  counts_.lost += found.lost;
  if (found.lost > 0) counts_.note("a key that was written is gone");
  if (found.is == verdict::kind::refused) {
    ++counts_.refused;
    counts_.note(reply.substr(0, reply.find('\r')));
    leave_in_doubt(as);
  } else {
    counts_.count(asked.what);
    counts_.took.add(now - asked.since);
    if (asked.resets) ledger_.preload_counter(as.keys.front().key);
  }
  settle(as);
}

// The front question has been answered, or never will be.
void workload::settle(asker& as) {
  for (std::uint32_t left = as.asked.front().keys; left > 0; --left)
    as.keys.pop();
  as.asked.pop();
  --waiting_;
  if (phase_ == phase::preloading) --preloads_left_;
}

// What the front question was to change may have changed or not.
void workload::leave_in_doubt(asker& as) {
  const question& asked = as.asked.front();
  const key_number key = as.keys.front().key;
  if (asked.what == load_op::incr || asked.resets) {
    ledger_.doubt_counter(key);
  } else if (asked.what == load_op::set || asked.what == load_op::del) {
    ledger_.doubt(key);
  }
}

void workload::on_malformed(client_name who, std::string_view unread, instant) {
  if (complaint_) return;
  asker& as = askers_[who.client];
  complain(who, no_request, as.asked.empty() ? "nothing" : words_for(as), "a reply",
           unread.substr(0, 100));
}

void workload::on_connected(client_name who, instant) {
  askers_[who.client].connected = true;
  ++connected_;
}

void workload::on_ended(
    client_name who, client_end how, std::error_code why, std::string_view, instant) {
  asker& as = askers_[who.client];
  if (std::exchange(as.connected, false)) --connected_;
  if (how == client_end::refused) {
    ++refused_;
    why_refused_ = why;
  }
  ++counts_.ended;
  counts_.note(why_ended(how, why));
  while (!as.asked.empty()) {
    ++counts_.unanswered;
    leave_in_doubt(as);
    settle(as);
  }
}

void workload::give_up() {
  counts_.unanswered += waiting_;
  if (waiting_ > 0) counts_.note("no reply came");
}

void workload::on_sent(client_name, std::size_t, instant) {}
void workload::on_received(client_name, std::string_view, instant) {}

void workload::complain(client_name who,
                        request_number number,
                        const std::string& request,
                        std::string_view expected,
                        std::string_view got) {
  complaint_ = fmt::format("client {}, connection {}, {}: asked {}; expected {}; got {}",
                           who.client, who.connection,
                           number == no_request ? "no request" : fmt::format("request {}", number),
                           request, expected, got);
}

// The front question.
std::string workload::words_for(const asker& as) const {
  const question& asked = as.asked.front();
  std::string words(name_of(asked.what));
  const bool counts = asked.what == load_op::incr || asked.resets;
  for (std::uint32_t at = 0; at < asked.keys; ++at)
    words += " " + (counts ? counters_ : values_).name(as.keys[at].key);
  return words;
}

}  // namespace dovetail::sim::load
