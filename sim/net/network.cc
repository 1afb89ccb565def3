#include "sim/net/network.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "sim/net/host.h"
#include "sim/net/link.h"

namespace dovetail::sim {

network::network(chooser& choices, const habits& how) : choices_(&choices), habits_(how) {}

network::~network() = default;

host& network::add_host(std::string name, bool eager) {
  const auto number = static_cast<std::uint32_t>(hosts_.size());
  hosts_.push_back(std::make_unique<host>(*this, number, std::move(name), eager));
  return *hosts_.back();
}

// --- addresses

result<endpoint> network::take_address(const endpoint& at, bool shared) {
  endpoint where = at;
  if (!at.is_unix() && at.port == 0) where.port = next_port_++;
  const auto taken = std::ranges::find(listeners_, where, &simulated_listener::where_);
  if (taken == listeners_.end()) return where;
  if (at.is_unix()) {
    listeners_.erase(taken);  // its file is replaced: nobody reaches it any more
  } else if (!shared || !(*taken)->shares_) {
    return failure(std::errc::address_in_use);
  }
  return where;
}

void network::add(simulated_listener& opened) {
  listeners_.push_back(&opened);
}

void network::remove(simulated_listener& gone) {
  std::erase(listeners_, &gone);
  for (link* const each : std::exchange(gone.waiting_, {})) {
    each->waits_at = nullptr;
    break_end(*each, 0, std::errc::connection_reset);
    erase_if_gone(*each);
  }
}

// Several that share a port take turns.
simulated_listener* network::listener_at(const endpoint& at, std::uint32_t attempt) const {
  const auto here = [&](const simulated_listener* each) { return each->where_ == at; };
  const auto count = std::ranges::count_if(listeners_, here);
  if (count == 0) return nullptr;
  auto skipped = static_cast<std::ptrdiff_t>(attempt) % count;
  const auto found = std::ranges::find_if(
      listeners_, [&](const simulated_listener* each) { return here(each) && skipped-- == 0; });
  return *found;
}

network::route& network::route_to(const endpoint& at) {
  const auto known = std::ranges::find(routes_, at, &route::at);
  if (known != routes_.end()) return *known;
  return routes_.emplace_back(route{.at = at, .speaks = {}, .how = reach::normal});
}

const network::route* network::known_route(const endpoint& at) const {
  const auto known = std::ranges::find(routes_, at, &route::at);
  return known == routes_.end() ? nullptr : &*known;
}

void network::speaks(const endpoint& at, const framing& what) {
  route_to(at).speaks = what;
}

void network::set_reach(const endpoint& at, reach how) {
  route_to(at).how = how;
}

// --- connections

link& network::connect(host& from, const endpoint& to) {
  const route* const way = known_route(to);
  auto made = std::make_unique<link>();
  made->id = next_link_++;
  made->since = ++stamp_;
  made->to = to;
  if (way != nullptr) made->speaks = way->speaks;
  if (way != nullptr && way->how == reach::silent) made->is = link::state::silent;
  link_end& end = made->end(0);
  end.at = &from;
  end.open = true;
  ++from.sockets_;
  return *links_.emplace_back(std::move(made));
}

link* network::find(std::uint32_t id) const {
  const auto found = std::ranges::find(links_, id, [](const auto& each) { return each->id; });
  return found == links_.end() ? nullptr : found->get();
}

result<std::size_t> network::read(link& at, int side, std::span<std::byte> into) {
  DOVETAIL_CHECK(!into.empty());
  link_end& end = at.end(side);
  stream& in = at.peer(side).out;
  if (!at.attempt_over()) return failure(std::errc::operation_would_block);
  if (!in.empty()) {
    const std::size_t size = read_size(at, side, std::min(in.size(), into.size()));
    if (size == 0) return failure(std::errc::operation_would_block);
    std::memcpy(into.data(), in.pending().data(), size);
    in.read(size, at.written_by(1 - side));
    return size;
  }
  if (end.ended) return 0;
  const bool finished = in.finished && at.is == link::state::open;
  // An end of stream that came before a reset may be seen or not.
  if (end.broken && (!finished || choices().choose(2, site::outcome) == 0)) {
    return std::unexpected(end.broken);
  }
  if (!finished) return failure(std::errc::operation_would_block);
  end.ended = true;
  return 0;
}

result<std::size_t> network::write(link& at, int side, std::span<const io::const_buffer> from) {
  DOVETAIL_CHECK(from.size() <= io::buffers_per_write_max);
  link_end& end = at.end(side);
  const link_end& peer = at.peer(side);
  if (!at.attempt_over()) return failure(std::errc::operation_would_block);
  if (end.broken) return std::unexpected(end.broken);
  if (end.out.finished) return failure(std::errc::broken_pipe);
  scratch_.clear();
  for (const io::const_buffer& each : from) {
    scratch_.append(reinterpret_cast<const char*>(each.data()), each.size());
  }
  if (scratch_.empty()) return 0;
  if (!peer.open && at.waits_at == nullptr) {
    // Nobody is there any more: that comes to be known by the first write, or during it.
    break_end(at, side, std::errc::broken_pipe);
    if (choices().choose(2, site::outcome) == 1) return std::unexpected(end.broken);
    return scratch_.size();
  }
  const std::size_t most = std::min(scratch_.size(), room(end));
  const std::size_t size = most == 0 ? 0 : write_size(at, side, scratch_, most);
  if (size == 0) return failure(std::errc::operation_would_block);
  end.out.write(std::string_view(scratch_).substr(0, size));
  return size;
}

std::size_t network::room(const link_end& of) const {
  return habits_.stream_bytes_max - std::min(habits_.stream_bytes_max, of.out.size());
}

void network::close(link& at, int side) {
  link_end& end = at.end(side);
  if (!end.open) return;
  end.open = false;
  end.watched = io::readiness::none;
  --end.at->sockets_;
  if (at.is == link::state::open) {
    const bool unread = !at.peer(side).out.empty();
    if (unread) {
      break_end(at, 1 - side, std::errc::connection_reset);
      at.peer(side).out.lose(0);
    } else {
      end.out.finished = true;
    }
  }
  erase_if_gone(at);
}

void network::reset(link& at) {
  break_end(at, 0, std::errc::connection_reset);
  break_end(at, 1, std::errc::connection_reset);
}

void network::abort(link& at, int side) {
  link_end& end = at.end(side);
  DOVETAIL_CHECK(end.open);
  end.open = false;
  end.watched = io::readiness::none;
  --end.at->sockets_;
  break_end(at, 1 - side, std::errc::connection_reset);
}

// What was on its way to this end arrives first, or is destroyed as well.
void network::break_end(link& at, int side, std::errc why) {
  link_end& end = at.end(side);
  if (end.broken) return;
  end.broken = std::make_error_code(why);
  stream& in = at.peer(side).out;
  if (habits_.loses && !in.empty() && choices().choose(2, site::outcome) == 1) in.lose(0);
}

void network::erase_if_gone(link& at) {
  if (at.end(0).open || at.end(1).open || at.waits_at != nullptr) return;
  std::erase_if(links_, [&](const auto& each) { return each.get() == &at; });
}

}  // namespace dovetail::sim
