// A network in virtual time: every wire of a simulated world, and the only place where time passes.
//
// It implements the seam (core/io) for any number of hosts, each with a handler of its own: the
// proxy, the model servers, the model clients. Nothing happens by itself. The world asks what is
// possible, a chooser picks, the network performs it:
//
//     list(possible) ─▶ chooser.pick ─▶ perform(one) ─▶ the host's handler is told ─▶ …
//
// What the kernel's network may do with a stream (split and merge reads, take part of a write,
// refuse, reset with or without the bytes before it) it asks the chooser about, within the limits
// of its habits. README.md says which habit brings which of the kernel's.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/net/choice.h"
#include "sim/net/framing.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/route.h"

namespace dovetail::sim {

// How streams are cut.
enum class cutting : std::uint8_t {
  never,     // reads and writes move all there is
  messages,  // all, or up to the end of a message
  halves,    // all, or up to the middle or the end of a message
  anywhere,  // any number of bytes, or none although there are some
  pieces,    // always up to the middle or the end of a message: each comes in two pieces, and
             // nothing is left to choose
};

struct habits {
  cutting cuts = cutting::never;
  bool batches = false;  // several events may share a turn
  bool leaps = false;    // time may go on although something else could happen first
  bool loses = false;    // a reset may destroy what was on its way before it, or part of it, and
                         // a full backlog the last word of a handshake
  bool stale = false;    // an event may be told although what it was about has passed
  duration lag{};        // so long an end may not know yet that its peer has gone or finished
  duration lateness{};   // a wake-up may be so late: a pause in which other deadlines pass
  std::size_t stream_bytes_max = 64U << 10;  // of one direction, taken and not yet read

  bool operator==(const habits&) const = default;
};

// Hears what crosses the wires.
class network_tap {
 public:
  virtual ~network_tap() = default;

  // `side` of the link has written these bytes, and they were taken.
  virtual void on_written(const link& at, int side, std::string_view bytes) = 0;

  // Likewise, although nobody is there any more: the bytes are lost, or were known to be.
  virtual void on_written_to_nobody(const link& at, int side) = 0;

  // The side that connected has let go of the link.
  virtual void on_gone(const link& at) = 0;

  // The side that accepted it lets go of it now.
  virtual void on_dropped(const link& at) = 0;

  // A wake-up came so much too late: nobody could do anything in that time.
  virtual void on_lost_time(duration time) = 0;
};

// Watches everything, for pictures.
class network_audience {
 public:
  virtual ~network_audience() = default;

  // It is about to happen; what happened before it is over.
  virtual void on_happening(const happening& next) = 0;

  virtual void on_written(const link& at, int side, std::string_view bytes) = 0;

  // `side` has read them.
  virtual void on_read(const link& at, int side, std::string_view bytes) = 0;
};

class network {
 public:
  using reach = sim::reach;

  // `choices` outlives the network.
  network(chooser& choices, const habits& how);
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  // A machine on the network. Its handler is attached before anything happens. An eager host is
  // told of everything at once, whole and in order, before the chooser is asked what happens next:
  // for parts of the world whose own timing is of no interest.
  host& add_host(std::string name, bool eager = false);

  // What may happen now: the dull one first, nothing when all is quiet for ever.
  void list(std::vector<happening>& possible);
  void perform(const happening& next);

  // Whether time goes on when it happens.
  bool takes_time(const happening& next) const;

  // Lets eager hosts do what they can.
  void settle();

  // The first, empty turn of a host.
  void begin(host& of);

  // Whether a turn is open, which only its own host's events and its end go on with.
  bool in_turn() const { return in_turn_ != nullptr; }

  // What this end watches for since the turn that is open, and is told in a later one.
  io::readiness held_back(const link_end& of) const;

  // Whether this end's last step may not be known to the other one yet.
  bool is_news(const link_end& of) const;

  instant now() const { return now_; }
  void pass(duration time) { now_ += time; }

  // Who is asked from now on; outlives the network or is replaced.
  void set_chooser(chooser& choices) { choices_ = &choices; }

  // `to` hears everything from now on, and outlives the network or is replaced by null.
  void set_tap(network_tap* to) { tap_ = to; }

  // Likewise `to` watches. Null: nobody does.
  void set_audience(network_audience* to) { audience_ = to; }
  network_audience* audience() const { return audience_; }

  // How messages end in the streams of connections to `at`.
  void speaks(const endpoint& at, const framing& what);

  // `name` stands for these addresses, which are tried in turn: what a resolver said once and may
  // be no longer true.
  void set_addresses(const endpoint& name, std::initializer_list<endpoint> addresses);

  // Links, in order of creation, for fingerprints, pictures and oracles. Ids are not reused.
  std::span<const std::unique_ptr<link>> links() const { return links_; }
  link* find(std::uint32_t id) const;

  // --- faults

  // The connection breaks: each end that is still there finds a reset after what it can still read.
  void reset(link& at);
  // Like reset, as far as the end that did not ask for it is concerned; this one is told no more.
  // A unix socket cannot do that: it closes.
  void abort(link& at, int side);
  // The end dies with its process: as if it had closed, while its handler finds a reset.
  void sever(link& at, int side);
  // Attempts to reach `at` that have not ended yet, and those to come.
  void set_reach(const endpoint& at, reach how);

  habits& how() { return habits_; }
  chooser& choices() { return *choices_; }

  // Happenings performed so far.
  std::uint64_t events() const { return events_; }

 private:
  friend class host;
  friend class simulated_socket;
  friend class simulated_listener;

  // What may come of an attempt at the moment.
  struct prospect {
    simulated_listener* door = nullptr;  // it succeeds
    std::error_code why;                 // it fails
    bool unheard = false;                // it succeeds, but the door has no room for it
    bool is_open() const { return door == nullptr && !why; }
  };

  // What hosts, sockets and listeners ask for.
  result<route*> take_address(host& by, const endpoint& at, bool shared);
  void add(simulated_listener& opened);
  void remove(simulated_listener& gone);
  link& connect(host& from, const endpoint& to);
  result<std::size_t> read(link& at, int side, std::span<std::byte> into);
  result<std::size_t> write(link& at, int side, std::span<const io::const_buffer> from);
  result<std::size_t> write_some(link& at,
                                 int side,
                                 std::span<const io::const_buffer> from,
                                 std::size_t offered);
  void leave_stale(sim::watch& of) const;
  std::size_t room(const link_end& of) const;
  bool refuses_although_there_is_room(const link_end& of);
  void watch(link& at, int side, io::readiness what, token who);
  void finish(link& at, int side);
  void close(link& at, int side);

  // attempts.cc: from connect to accept
  route& route_to(const endpoint& at);
  prospect look(const link& at) const;
  static prospect look_at(const route& way, const link& from);
  void decide(link& at);
  void decide_attempts();
  void answer(link& at, simulated_listener& by);
  void end_attempt(link& at);
  void accept(link& at);
  void fail(link& at, std::error_code why);

  // endings.cc: how connections end
  void let_go(link& at, int side, bool abruptly);
  bool was_answered(link& at);
  void break_end(link& at, int side);
  bool loses_some(link& at, int side);
  void erase_if_gone(link& at);
  static void uncount(link_end& end);
  result<std::size_t> read_end(link& at, int side);
  result<std::size_t> write_to_nobody(link& at, int side, std::size_t size);

  // cutting.cc: how much of what is there
  std::size_t read_size(const link& at, int side, std::size_t most);
  std::size_t write_size(const link& at, int side, std::size_t most);
  std::size_t any_size(chooser& ask, std::size_t to_cut, std::size_t most, site about);
  std::size_t part_that_arrives(const link& at, int side);
  bool cuts_halves() const { return habits_.cuts != cutting::messages; }

  // events.cc: what may happen
  io::readiness ready(const link& at, int side) const;
  io::readiness tellable(const link& at, int side) const;
  void add_events_of(const host* only);
  void add_events_of_end(const link& at, int side);
  void add_attempt(const link& at, const host* only);
  bool accepts(const simulated_listener& door, const host* only) const;
  void add_early_accept(const link& at, simulated_listener& door, const host* only);
  void add_accepts(const host* only);
  void add_event(std::uint64_t stamp, const happening& event);
  void tell_of_attempt(link& at);
  void tell(link& at, int side, io::readiness what);
  bool is_shown(const host& of, const host* only) const;
  void enter(host& of);
  void end_turn(host& of);
  void wait_until(instant when);

  // Decides for what `end` sees of the network: eager hosts see the dull one.
  chooser& choices_for(const link_end& end);

  chooser* choices_;
  dull_chooser dull_;
  network_tap* tap_ = nullptr;
  network_audience* audience_ = nullptr;
  habits habits_;
  instant now_{std::chrono::seconds(1)};
  std::vector<std::unique_ptr<host>> hosts_;
  std::vector<std::unique_ptr<link>> links_;
  std::vector<simulated_listener*> listeners_;
  std::deque<route> routes_;
  std::vector<std::pair<std::uint64_t, happening>> events_found_;
  host* in_turn_ = nullptr;
  std::uint32_t next_link_ = 1;
  std::uint16_t next_port_ = 40000;
  std::uint64_t stamp_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace dovetail::sim
