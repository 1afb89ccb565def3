#include "sim/picture/record.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "sim/net/choice.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/picture/frame.h"
#include "sim/picture/moment.h"
#include "sim/scenario/player.h"
#include "sim/scenario/run.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/scene_yaml.h"
#include "sim/search/tape_chooser.h"
#include "sim/trace/choice.h"
#include "sim/trace/choosers.h"
#include "sim/trace/link_names.h"
#include "sim/trace/trace.h"
#include "sim/world/judge.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"
#include "stats/counters.h"

namespace dovetail::sim {
namespace {

using kind = happening::kind;
using whom = named_happening::whom;

// Films a run from inside: whenever something is about to happen, the moment after what happened
// before it is kept.
class camera final : public network_audience {
 public:
  explicit camera(const world& of) : of_(&of), names_(of.wires()), moments_(of) {
    now_.what = "start";
    began_ = of.wires().now();
  }

  void on_happening(const happening& next) override {
    finish();
    now_ = {};
    const named_happening named = names_.name(next);
    now_.what = to_text(named);
    now_.is_fault = next.what == kind::fault;
    now_.healed = healed_;
    now_.event = of_->events() + (now_.is_fault ? 0 : 1);
    matters_ = now_.is_fault || of_proxy(named);
  }

  void on_written(const link& at, int side, std::string_view bytes) override {
    add(at, side, 1 - side, bytes, false);
  }
  void on_read(const link& at, int side, std::string_view bytes) override {
    add(at, 1 - side, side, bytes, true);
  }

  void heal() { healed_ = true; }

  // What happened last is over.
  void finish() {
    names_.look();
    const auto since = of_->wires().now() - began_;
    now_.us = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
    read_struck();
    if (!matters_ && now_.moves.empty() && now_.struck.empty()) return;
    moments_.read(now_, names_);
    read_ended();
    frames_.push_back(std::move(now_));
  }

  std::vector<frame> take() { return std::move(frames_); }

 private:
  // What a happening does wrong it says itself.
  void read_struck() {
    const auto& all = of_->court().faults().entries();
    for (; entries_ < all.size(); ++entries_) {
      const ledger_entry& its = all[entries_];
      if (now_.is_fault || !its.server) continue;
      now_.struck.push_back("s" + std::to_string(*its.server) + ": " +
                            std::string(name_of(its.what)));
    }
  }

  // Lines that were there before.
  void read_ended() {
    const std::int64_t doubted = of_->subject().counters(0).doubtful_responses.get();
    const auto is_open = [](const line_moment& its) { return its.state != "left"; };
    if (!frames_.empty()) {
      for (const line_moment& before : frames_.back().lines) {
        const auto same = std::ranges::find(now_.lines, before.name, &line_moment::name);
        if (!is_open(before) || (same != now_.lines.end() && is_open(*same))) continue;
        now_.ended.push_back(before.name + " has ended" +
                             (doubted > doubted_ ? ": what came cannot be right"
                              : before.peer_gone ? ": its server left"
                                                 : ""));
      }
    }
    doubted_ = doubted;
  }

  // Others do a lot that is of no interest.
  static bool of_proxy(const named_happening& event) {
    if (event.is == whom::host) return event.number == 0;
    const std::uint8_t its_side = event.is == whom::to_client ? 1 : 0;
    return event.what == kind::accept      ? event.is == whom::to_client
           : event.what == kind::connected ? event.is == whom::to_server
                                           : event.side == its_side;
  }

  std::string lane(const link& at, int side) {
    link_names::place where = names_.of(at.id);
    if (where.is == whom::unknown) {
      names_.look();
      where = names_.of(at.id);
    }
    if (where.is == whom::to_client) return side == 1 ? "p" : "c" + std::to_string(where.number);
    return side == 0 ? "p" : "s" + std::to_string(where.number);
  }

  void add(const link& at, int from, int to, std::string_view bytes, bool arrives) {
    now_.moves.push_back({.from = lane(at, from),
                          .to = lane(at, to),
                          .bytes = std::string(bytes),
                          .arrives = arrives});
  }

  const world* of_;
  link_names names_;
  moment_reader moments_;
  instant began_;
  frame now_;
  bool matters_ = true;
  bool healed_ = false;
  std::size_t entries_ = 0;   // of the judge's ledger, that were seen
  std::int64_t doubted_ = 0;  // responses, that were seen
  std::vector<frame> frames_;
};

film film_of(const scene& of, const world& run, std::string from, std::vector<frame> frames) {
  film made{.from = std::move(from),
            .scene = print_scene(of),
            .redis = of.redis,
            .servers = of.servers,
            .clients = {},
            .frames = std::move(frames),
            .found = run.found(),
            .unmet = {},
            .whole = true};
  for (const judge::client_record& each : run.court().clients()) {
    film_client& client = made.clients.emplace_back();
    client.probe = made.clients.size() > of.clients.size();
    for (const judge::request_record& request : each.requests)
      client.requests.push_back(request.what.bytes);
  }
  return made;
}

film film_of_script(const scenario& script, const player& by, std::vector<frame> frames) {
  film made = film_of(script.what, by.of(), script.file, std::move(frames));
  for (std::size_t each = 0; each < script.clients.size(); ++each)
    made.clients[each].name = script.clients[each];
  return made;
}

}  // namespace

film record(const trace& of, std::uint64_t until) {
  replayer by(of.choices, replayer::dull::as_named);
  world run(of.of, by);
  by.see(run.wires());
  camera watching(run);
  run.wires().set_audience(&watching);
  bool more = true;
  while (more && run.events() < until)
    more = run.step();
  if (!more) {
    watching.heal();
    run.close();
  }
  watching.finish();
  film made = film_of(of.of, run, of.from, watching.take());
  made.whole = !more || !made.found.good();
  return made;
}

film record(const scenario& script, std::size_t order) {
  const auto orders = orders_of(script.steps);
  DOVETAIL_CHECK(order < orders.size());
  player by(script);
  camera watching(by.of());
  by.set_audience(&watching);
  const bool acted = by.act(orders[order]);
  watching.heal();
  if (acted) by.finish();
  watching.finish();
  by.set_audience(nullptr);
  film made = film_of_script(script, by, watching.take());
  made.unmet = unmet_by(by, script);
  return made;
}

film record(const scenario& script, std::uint64_t event, std::span<const std::uint32_t> choices) {
  tape_chooser tape(choices);
  player by(script, {}, &tape);
  camera watching(by.of());
  by.set_audience(&watching);
  by.begin(orders_of(script.steps).front(), event);
  while (by.begun().step()) {
  }
  watching.heal();
  by.finish();
  watching.finish();
  by.set_audience(nullptr);
  return film_of_script(script, by, watching.take());
}

}  // namespace dovetail::sim
