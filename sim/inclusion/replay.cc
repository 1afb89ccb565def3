#include "sim/inclusion/replay.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/socket.h"
#include "sim/inclusion/journal.h"
#include "sim/inclusion/led_chooser.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/stream.h"

namespace dovetail::sim::inclusion {
namespace {

// All that it can do, but for what loopback does not: nothing lags there, and the kernel's buffers
// are as large as they like.
constexpr habits everything = {
    .cuts = cutting::anywhere,
    .batches = true,
    .loses = true,
    .stale = true,
    .stream_bytes_max = std::numeric_limits<std::size_t>::max() / 4,
};

bool would_block(const result<std::size_t>& came) {
  return !came && came.error() == std::errc::operation_would_block;
}

}  // namespace

std::vector<std::size_t> all_that_is_read(const journal& of) {
  std::vector<std::size_t> read;
  for (const entry& each : of) {
    if (read.size() <= each.whom) read.resize(each.whom + 1);
    if (each.what == entry::kind::read) read[each.whom] += each.came.value_or(0);
  }
  return read;
}

replay::replay(const journal& of, led_chooser& choices, std::vector<std::size_t>& still_read)
    : journal_(of),
      choices_(choices),
      still_read_(still_read),
      net_(choices, everything),
      host_(net_.add_host("self")) {
  host_.attach(*this);
  still_read_ = all_that_is_read(of);
}

bool replay::play() {
  choices_.begin();
  call_all();
  while (goes_on())
    demand(journal_[at_]);
  choices_.end();
  return why_.empty();
}

void replay::fail(std::string why) {
  if (why_.empty()) why_ = std::move(why);
}

// --- events

void replay::demand(const entry& event) {
  if (event.at > net_.now()) net_.pass(event.at - net_.now());
  connect_unseen();
  const std::size_t before = at_;
  if (event.what == entry::kind::turn_end) {
    demand_turn_end();
  } else if (event.what == entry::kind::accepted) {
    demand_accept(event);
  } else {
    demand_ready(event);
  }
  if (at_ == before) fail("cannot happen now");
}

void replay::demand_turn_end() {
  if (net_.in_turn()) return net_.perform({happening::kind::turn_end, 0, 0, host_.number()});
  if (!std::exchange(begun_, true)) return net_.begin(host_);
  if (!host_.wake() || *host_.wake() > net_.now()) return fail("nobody wanted to be woken yet");
  net_.perform({happening::kind::wake, 0, 0, host_.number()});
}

void replay::demand_accept(const entry& event) {
  const std::uint32_t wanted = event.from ? links_[*event.from] : 0;
  net_.list(possible_);
  std::erase_if(possible_, [&](const happening& each) {
    return each.what != happening::kind::accept || (wanted != 0 && each.whom != wanted);
  });
  if (possible_.empty()) return;
  net_.perform(happening(possible_[choices_.try_each(possible_.size())]));
}

void replay::demand_ready(const entry& event) {
  if (demand_ready_now(event)) return;
  // An attempt may have ended without anybody being told.
  for (const auto& each : net_.links()) {
    const link_end& end = each->end(0);
    if (each->is != link::state::connecting || end.reading.who != event.name) continue;
    connect_unseen(*each);
    break;
  }
  demand_ready_now(event);
}

bool replay::demand_ready_now(const entry& event) {
  net_.list(possible_);
  for (const happening& each : possible_) {
    using kind = happening::kind;
    if (each.what != kind::connected && each.what != kind::readable && each.what != kind::writable)
      continue;
    const link_end& end = net_.find(each.whom)->end(each.side);
    const bool reads = each.what == kind::readable;
    const token told = reads ? end.reading.who : end.writing.who;
    const bool watched = io::can_write(end.watched) || each.what != kind::connected;
    if (told != event.name || reads != io::can_read(event.ways) || !watched) continue;
    net_.perform(happening(each));
    return true;
  }
  return false;
}

bool replay::meets(const entry& event) const {
  return goes_on() && journal_[at_].what == event.what && journal_[at_].name == event.name &&
         journal_[at_].ways == event.ways;
}

void replay::on_accept(token listener, std::unique_ptr<io::socket> peer, instant) {
  entry event;
  event.what = entry::kind::accepted;
  event.name = listener;
  if (!meets(event)) return fail("would have accepted");
  sockets_.resize(std::max<std::size_t>(sockets_.size(), journal_[at_].whom + 1));
  sockets_[journal_[at_++].whom] = std::move(peer);
  call_all();
}

void replay::on_ready(token who, io::readiness what, instant) {
  entry event;
  event.what = entry::kind::ready;
  event.name = who;
  event.ways = what;
  if (!meets(event)) return fail("would have told: " + to_string(event));
  ++at_;
  call_all();
}

std::optional<instant> replay::on_turn_end(instant) {
  entry event;
  event.what = entry::kind::turn_end;
  if (!meets(event)) {
    fail("would have ended the turn");
    return std::nullopt;
  }
  ++at_;
  call_all();
  return goes_on() && journal_[at_].what == entry::kind::wish ? journal_[at_++].wake : std::nullopt;
}

// --- calls

void replay::call_all() {
  while (goes_on() && !journal_[at_].is_event() && journal_[at_].what != entry::kind::wish) {
    call(journal_[at_]);
    if (why_.empty()) ++at_;
  }
}

void replay::call(const entry& what) {
  using kind = entry::kind;
  switch (what.what) {
    case kind::listen: {
      auto opened = host_.listen(what.where, what.how, what.name);
      if (!opened) return fail("would not listen: " + opened.error().message());
      doors_.push_back(std::move(*opened));
      return;
    }
    case kind::pause:
      return doors_[what.whom]->pause();
    case kind::resume:
      return doors_[what.whom]->resume();
    case kind::unlisten:
      return doors_[what.whom].reset();
    case kind::connect:
      sockets_.resize(std::max<std::size_t>(sockets_.size(), what.whom + 1));
      sockets_[what.whom] = host_.connect(what.where);
      links_.resize(sockets_.size());
      links_[what.whom] = link_of(what.whom).id;
      return;
    case kind::quiet:
      return check_quiet();
    default:
      return call_on_socket(what);
  }
}

void replay::call_on_socket(const entry& what) {
  using kind = entry::kind;
  switch (what.what) {
    case kind::read:
      return read(what);
    case kind::write:
      return write(what);
    case kind::watch:
      if (io::can_write(what.ways) && works_before_it_is_told(what.whom)) {
        connect_unseen(link_of(what.whom));
      }
      return socket(what.whom).watch(what.ways, what.name);
    case kind::finish:
      may_be_connected(what.whom);
      return socket(what.whom).finish();
    case kind::abort:
      may_be_connected(what.whom);
      net_.abort(link_of(what.whom), static_cast<simulated_socket&>(socket(what.whom)).side());
      break;
    default:
      may_be_connected(what.whom);
      break;
  }
  sockets_[what.whom].reset();
  still_read_[what.whom] = 0;
}

void replay::read(const entry& what) {
  expect(what);
  const std::span<char> room = room_for(what.asked);
  const auto came = socket(what.whom).read(std::as_writable_bytes(room));
  still_read_[what.whom] -= std::min(still_read_[what.whom], came.value_or(0));
  compare(what, came, {room.data(), came.value_or(0)});
}

// One for all reads, and never cleared: programs ask for up to a megabyte where a few bytes come.
std::span<char> replay::room_for(std::size_t bytes) {
  if (bytes > room_size_) room_ = std::make_unique_for_overwrite<char[]>(room_size_ = bytes);
  return {room_.get(), bytes};
}

void replay::write(const entry& what) {
  expect(what);
  const io::const_buffer bytes = std::as_bytes(std::span(what.bytes));
  compare(what, socket(what.whom).write({&bytes, 1}), what.bytes);
}

void replay::compare(const entry& done, const result<std::size_t>& came, std::string_view bytes) {
  if (came != done.came) return fail("would have returned " + to_string(came));
  if (bytes != done.bytes) fail("would have been other bytes");
}

void replay::expect(const entry& what) {
  if (!would_block(what.came)) connect_unseen(link_of(what.whom));
  choices_.expect(would_block(what.came) ? std::nullopt : std::optional(what.came.value_or(1)));
}

// Whether the socket is read or written with success, or an error, before it would block and before
// it is told that it is writable: then its attempt has ended already.
bool replay::works_before_it_is_told(std::uint32_t number) const {
  std::vector<token> names;
  for (std::size_t at = at_; at < journal_.size(); ++at) {
    const entry& each = journal_[at];
    const bool its = each.whom == number && !each.is_event();
    if (its && each.what == entry::kind::watch) names.push_back(each.name);
    const bool moves = each.what == entry::kind::read || each.what == entry::kind::write;
    if (its && moves && !would_block(each.came)) return true;
    if (each.what == entry::kind::ready && std::ranges::find(names, each.name) != names.end())
      break;
  }
  return false;
}

bool replay::blocks_next(std::uint32_t number) const {
  for (std::size_t at = at_; at < journal_.size(); ++at) {
    const entry& each = journal_[at];
    const bool moves = each.what == entry::kind::read || each.what == entry::kind::write;
    if (each.whom == number && moves) return would_block(each.came);
  }
  return false;
}

// Attempts that nobody watches end in silence, mostly at once.
void replay::connect_unseen() {
  for (std::uint32_t number = 0; number < sockets_.size(); ++number) {
    if (sockets_[number] == nullptr || blocks_next(number)) continue;
    may_be_connected(number);
  }
}

// What it does next means something else then. What is likely is tried first: who waits in a
// backlog before others is accepted before them.
void replay::may_be_connected(std::uint32_t number) {
  link& at = link_of(number);
  if (!can_connect_unseen(at)) return;
  const bool nobody_listens = std::ranges::all_of(doors_, [](const auto& door) { return !door; });
  const bool is_likely = at.local || at.answered || nobody_listens || is_heard_of_later(number);
  const std::size_t connects = is_likely ? 0 : 1;
  if (choices_.try_each(2) == connects) connect_unseen(at);
}

// Its peer comes to light, or it is told something else than a refusal.
bool replay::is_heard_of_later(std::uint32_t number) const {
  for (std::size_t at = at_; at < journal_.size(); ++at) {
    const entry& each = journal_[at];
    if (each.from == number) return true;
    const bool moves = each.what == entry::kind::read || each.what == entry::kind::write;
    if (!moves || each.whom != number || would_block(each.came)) continue;
    return each.came || each.came.error() != std::errc::connection_refused;
  }
  return false;
}

bool replay::can_connect_unseen(const link& at) {
  if (at.is != link::state::connecting || io::can_write(at.end(0).watched)) return false;
  net_.list(possible_);
  const happening wanted = {happening::kind::connected, 0, 0, at.id};
  return std::ranges::find(possible_, wanted) != possible_.end();
}

void replay::connect_unseen(const link& at) {
  if (can_connect_unseen(at)) net_.perform({happening::kind::connected, 0, 0, at.id});
}

// An attempt that has met a full backlog is tried again by TCP after a second or more.
void replay::check_quiet() {
  net_.list(possible_);
  for (const happening& each : possible_) {
    using kind = happening::kind;
    if (each.what != kind::readable && each.what != kind::accept) continue;
    const link& at = *net_.find(each.whom);
    const stream& in = at.peer(each.side).out;
    const bool has_come = !in.empty() || in.finished || at.end(each.side).broken();
    const bool reads = each.what == happening::kind::readable && has_come;
    const bool waits = each.what == happening::kind::accept && at.answered;
    if (reads || waits)
      return fail("there was something to tell, on link " + std::to_string(at.id));
  }
}

link& replay::link_of(std::uint32_t number) {
  return static_cast<simulated_socket&>(socket(number)).on();
}

}  // namespace dovetail::sim::inclusion
