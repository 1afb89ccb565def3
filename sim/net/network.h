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
// of its habits.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/endpoint.h"
#include "base/time.h"
#include "io/handler.h"
#include "sim/net/choice.h"
#include "sim/net/framing.h"
#include "sim/net/host.h"
#include "sim/net/link.h"

namespace dovetail::sim {

// How streams are cut. Every mode can also move everything at once.
enum class cutting : std::uint8_t {
  never,     // reads and writes move all there is
  messages,  // … or up to the end of a message
  halves,    // … or up to the middle or the end of a message
  anywhere,  // … or any number of bytes, or none although there are some
};

struct habits {
  cutting cuts = cutting::never;
  bool batches = false;  // several events may share a turn
  bool leaps = false;    // time may go on although something else could happen first
  bool loses = false;    // a reset may destroy what was on its way before it
  std::size_t stream_bytes_max = 64U << 10;  // of one direction, taken and not yet read
};

class network {
 public:
  // `choices` outlives the network.
  network(chooser& choices, const habits& how);
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  // A machine on the network. Its handler is attached before anything happens. An eager host is
  // told of everything at once, whole and in order, before the chooser is asked again: for parts
  // of the world whose own timing is of no interest.
  host& add_host(std::string name, bool eager = false);

  // What may happen now: the dull one first, nothing when all is quiet for ever.
  void list(std::vector<happening>& possible);
  void perform(const happening& next);

  // Lets eager hosts do what they can.
  void settle();

  // The first, empty turn of a host.
  void begin(host& of);

  instant now() const { return now_; }
  void pass(duration time) { now_ += time; }

  // How messages end in the streams of connections to `at`.
  void speaks(const endpoint& at, const framing& what);

  // Open links, in order of creation, for fingerprints, pictures and oracles. Ids are not reused.
  std::span<const std::unique_ptr<link>> links() const { return links_; }
  link* find(std::uint32_t id) const;

  // --- faults

  // The connection breaks: each end that is still there finds a reset after what it can still read.
  void reset(link& at);
  // Like reset, as far as the end that did not ask for it is concerned.
  void abort(link& at, int side);
  // Attempts to reach `at` from now on.
  enum class reach : std::uint8_t {
    normal,
    refused,     // although somebody listens
    silent,      // never answered
    unresolved,  // its name leads nowhere
  };
  void set_reach(const endpoint& at, reach how);

  habits& how() { return habits_; }
  chooser& choices() { return quiet_ > 0 ? dull_ : *choices_; }

  // Happenings performed so far.
  std::uint64_t events() const { return events_; }

 private:
  friend class host;
  friend class simulated_socket;
  friend class simulated_listener;

  // What hosts, sockets and listeners ask for.
  result<endpoint> take_address(const endpoint& at, bool shared);
  void add(simulated_listener& opened);
  void remove(simulated_listener& gone);
  link& connect(host& from, const endpoint& to);
  result<std::size_t> read(link& at, int side, std::span<std::byte> into);
  result<std::size_t> write(link& at, int side, std::span<const io::const_buffer> from);
  void close(link& at, int side);

  // cutting.cc: how much of what is there
  std::size_t read_size(const link& at, int side, std::size_t most);
  std::size_t write_size(const link& at, int side, std::string_view next, std::size_t most);
  std::size_t any_size(std::size_t to_cut, std::size_t most, site about);

  // events.cc: what may happen
  io::readiness ready(const link& at, int side) const;
  void add_events_of(const host* only);
  void add_event(std::uint64_t stamp, const happening& event);
  bool may_end(const link& at) const;
  void end_attempt(link& at);
  void accept(link& at);
  void tell(link& at, int side, io::readiness what);
  void end_turn(host& of);
  void enter(host& of);

  std::size_t room(const link_end& of) const;
  void break_end(link& at, int side, std::errc why);
  void erase_if_gone(link& at);
  simulated_listener* listener_at(const endpoint& at, std::uint32_t attempt) const;

  struct route {
    endpoint at;
    framing speaks;
    reach how = reach::normal;
  };
  route& route_to(const endpoint& at);
  const route* known_route(const endpoint& at) const;

  chooser* choices_;
  dull_chooser dull_;
  int quiet_ = 0;  // above 0: nobody is asked
  habits habits_;
  instant now_{std::chrono::seconds(1)};
  std::vector<std::unique_ptr<host>> hosts_;
  std::vector<std::unique_ptr<link>> links_;
  std::vector<simulated_listener*> listeners_;
  std::vector<route> routes_;
  std::string scratch_;
  std::vector<std::pair<std::uint64_t, happening>> events_found_;
  host* in_turn_ = nullptr;
  std::uint32_t next_link_ = 1;
  std::uint16_t next_port_ = 40000;
  std::uint64_t stamp_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace dovetail::sim
