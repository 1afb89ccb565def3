// Plays one order of a script's steps on a world.
//
// Nothing that clients or servers send reaches the proxy before a step delivers it; everything else
// happens by itself, at once and in order, except that no time passes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sim/net/choice.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/stream.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace dovetail::sim {

// Looks at the world after each thing that has happened.
using scenario_watch = std::function<void(const world&)>;

// The steps without their races, in every order that these allow.
std::vector<std::vector<const script_step*>> orders_of(const std::vector<script_step>& steps);

// How many there are, without making them: there may be more than fit into memory.
double count_orders(const std::vector<script_step>& steps);

// Who is asked may change.
class relay final : public chooser {
 public:
  void ask(chooser& whom) { asked_ = &whom; }

  std::size_t pick(std::span<const happening> possible) override { return asked_->pick(possible); }
  std::uint32_t choose(std::uint32_t n, site where) override { return asked_->choose(n, where); }

 private:
  dull_chooser dull_;
  chooser* asked_ = &dull_;
};

class player {
 public:
  // `of` outlives the player, and so does `later`, which chooses behind begin(); else all is dull.
  explicit player(const scenario& of, scenario_watch watch = {}, chooser* later = nullptr);

  // All of it, to the end of the world. False when a step could not be done, or is wrong.
  bool play(const std::vector<const script_step*>& steps);

  // The same in two halves: until nothing more happens by itself; then the world's end.
  bool act(const std::vector<const script_step*>& steps);
  bool finish();

  // Only the first steps, up to this event of the world. Then clients come that would have come
  // later, nothing is held back, and the world is whoever's steps it. False as above.
  bool begin(const std::vector<const script_step*>& steps, std::uint64_t until);
  world& begun() { return world_; }

  // Null: nobody watches. It outlives the player.
  void set_audience(network_audience* to) { world_.wires().set_audience(to); }

  // After that: whether it is as expected.
  bool fulfils(const expectation& what);

  // Behaviours of servers that no request came for before the end.
  const std::set<const script_step*>& unused() const { return unused_; }

  // The first thing that was wrong with the script, and where.
  const std::string& problem() const { return problem_; }

  const world& of() const { return world_; }

 private:
  // A connection of the proxy to a server, also when it is gone.
  struct seen_line {
    std::uint32_t link = 0;
    std::uint32_t server = 0;
    bool open = true;
  };

  void take(const script_step& step);
  void take_together(const script_step& step);
  void deliver(const script_step& step);
  void give(link& at, int side, const script_step& step);
  static stream::run_of_messages first_of(const link& at, int side, std::size_t count);
  static std::size_t room_for(const script_step& step, const link& at);
  void accept(const script_step& step);
  void hold_for_good(const link& at);
  void break_off(const script_step& step);
  void look(const script_step& step);
  void look_at_client(std::uint32_t client, const snapshot& said);
  void look_at_server(std::uint32_t server, const snapshot& said);
  void compare(const std::string& what, std::optional<std::uint64_t> said, std::uint64_t found);

  void settle(bool ends_turn = true);
  void hold_new();
  void drain();
  void release();
  void take_unused();
  std::vector<link*> links_of(party whom);
  bool fits(const std::string& said, const judge::request_record& of) const;
  void complain(int line, const std::string& why);
  std::string name_of(party whom) const;

  const scenario* of_;
  const scenario_watch watch_;
  relay choices_;
  chooser* later_;
  world world_;
  int line_ = 0;                  // of the step at hand
  std::set<std::uint32_t> held_;  // links that were seen
  std::vector<seen_line> lines_;
  std::vector<bool> closed_;  // which clients the proxy had closed before all of them left
  std::map<std::uint32_t, std::size_t> quota_;  // of servers: what may be written to them
  std::map<std::uint32_t, std::vector<const script_step*>> told_;  // servers: how to behave
  std::set<const script_step*> unused_;
  std::string problem_;
};

}  // namespace dovetail::sim
