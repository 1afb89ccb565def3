#include "sim/net/network.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "base/token.h"
#include "io/socket.h"
#include "sim/net/choice.h"
#include "sim/net/framing.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/route.h"
#include "sim/net/stream.h"

namespace dovetail::sim {

link::link(std::uint32_t number, std::uint64_t stamp, route& to_take)
    : id(number), since(stamp), way(to_take), to(to_take.at), local(to_take.at.is_unix()) {}

message_size link::written_by(int side) const {
  return side == 0 ? way.speaks.request : way.speaks.reply;
}

network::network(chooser& choices, const habits& how) : choices_(&choices), habits_(how) {}

network::~network() = default;

host& network::add_host(std::string name, bool eager) {
  const auto number = static_cast<std::uint32_t>(hosts_.size());
  hosts_.push_back(std::make_unique<host>(*this, number, std::move(name), eager));
  return *hosts_.back();
}

route& network::route_to(const endpoint& at) {
  const auto known = std::ranges::find(routes_, at, &route::at);
  if (known != routes_.end()) return *known;
  routes_.push_back({.at = at, .speaks = {}, .how = reach::normal, .doors = {}, .leads_to = {}});
  return routes_.back();
}

void network::speaks(const endpoint& at, const framing& what) {
  route_to(at).speaks = what;
}

void network::set_addresses(const endpoint& name, std::initializer_list<endpoint> addresses) {
  route& from = route_to(name);
  from.leads_to.clear();
  for (const endpoint& each : addresses)
    from.leads_to.push_back(&route_to(each));
}

void network::set_reach(const endpoint& at, reach how) {
  route_to(at).how = how;
}

link* network::find(std::uint32_t id) const {
  const auto found =
      std::ranges::lower_bound(links_, id, {}, [](const auto& each) { return each->id; });
  return found != links_.end() && (*found)->id == id ? found->get() : nullptr;
}

chooser& network::choices_for(const link_end& end) {
  return end.at != nullptr && end.at->eager_ ? dull_ : *choices_;
}

void network::watch(link& at, int side, io::readiness what, token who) {
  link_end& end = at.end(side);
  if (!end.open) return;
  for (const auto way : {io::readiness::readable, io::readiness::writable}) {
    if ((what & way) == io::readiness::none) continue;
    sim::watch& of = way == io::readiness::readable ? end.reading : end.writing;
    of.who = who;
    // Asking again changes nothing else.
    if ((end.watched & way) == io::readiness::none) of.turn = end.at->turn_;
  }
  end.watched = end.watched | what;
}

result<std::size_t> network::read(link& at, int side, std::span<std::byte> into) {
  DOVETAIL_CHECK(!into.empty());
  link_end& end = at.end(side);
  stream& in = at.peer(side).out;
  if (!at.usable(side)) return failure(std::errc::operation_would_block);
  const bool is_over = end.broken() && in.empty();
  if (end.may_read == 0 && !is_over) return failure(std::errc::operation_would_block);
  if (in.empty()) return read_end(at, side);
  const std::size_t most = std::min({in.size(), into.size(), end.may_read});
  const std::size_t size = read_size(at, side, most);
  if (size == 0) return failure(std::errc::operation_would_block);
  std::memcpy(into.data(), in.pending().data(), size);
  if (audience_ != nullptr) audience_->on_read(at, side, in.pending().substr(0, size));
  in.read(size, at.written_by(1 - side));
  if (end.may_read != link_end::unlimited) end.may_read -= size;
  leave_stale(end.reading);
  return size;
}

result<std::size_t> network::write(link& at, int side, std::span<const io::const_buffer> from) {
  DOVETAIL_CHECK(from.size() <= io::buffers_per_write_max);
  link_end& end = at.end(side);
  if (!at.usable(side)) return failure(std::errc::operation_would_block);
  std::size_t offered = 0;
  for (const io::const_buffer& each : from)
    offered += each.size();
  if (end.said) {
    if (offered > 0 && tap_ != nullptr) tap_->on_written_to_nobody(at, side);
    return std::unexpected(end.said);
  }
  if (end.out.finished || end.finishes) return failure(std::errc::broken_pipe);
  if (offered == 0) return 0;
  if (end.broken()) return std::unexpected(end.said = end.write_error);
  if (at.peer(side).gone) return write_to_nobody(at, side, offered);
  return write_some(at, side, from, offered);
}

result<std::size_t> network::write_some(link& at,
                                        int side,
                                        std::span<const io::const_buffer> from,
                                        std::size_t offered) {
  link_end& end = at.end(side);
  const std::size_t most = std::min({offered, room(end), end.may_write});
  if (most == 0 || (most < offered && refuses_although_there_is_room(end))) {
    return failure(std::errc::operation_would_block);
  }
  std::size_t left = most;
  for (const io::const_buffer& each : from) {
    const std::size_t part = std::min(left, each.size());
    end.out.write({reinterpret_cast<const char*>(each.data()), part});
    left -= part;
  }
  const std::size_t size = write_size(at, side, most);
  end.out.take_back(most - size);
  if (size == 0) return failure(std::errc::operation_would_block);
  if (end.may_write != link_end::unlimited) end.may_write -= size;
  end.moved = now_;
  leave_stale(end.writing);
  const std::string_view written = end.out.pending().substr(end.out.size() - size);
  if (tap_ != nullptr) tap_->on_written(at, side, written);
  if (audience_ != nullptr) audience_->on_written(at, side, written);
  return size;
}

// An event may be on its way already.
void network::leave_stale(sim::watch& of) const {
  constexpr unsigned stale_max = 2;
  if (habits_.stale) of.stale = std::min(of.stale + 1, stale_max);
}

std::size_t network::room(const link_end& of) const {
  return habits_.stream_bytes_max - std::min(habits_.stream_bytes_max, of.out.size());
}

// A kernel counts in blocks of its own: where it has no room for much it may find some for a
// little.
bool network::refuses_although_there_is_room(const link_end& of) {
  return habits_.cuts == cutting::anywhere && choices_for(of).choose(2, site::outcome) == 1;
}

void network::finish(link& at, int side) {
  link_end& end = at.end(side);
  if (!at.usable(side)) {
    end.finishes = true;
  } else if (!end.gone && !end.out.finished) {
    end.out.finished = true;
    end.moved = now_;
  }
}

}  // namespace dovetail::sim
