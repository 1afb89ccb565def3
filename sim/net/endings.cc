// How connections end: finished, closed, reset, and what each end gets to know of it.
//
// What a kernel says was measured on Linux 6.18, on TCP and on unix sockets. On TCP, a reset after
// the peer's end of stream is a broken pipe, and one before it a connection reset, in reads as in
// writes. A unix socket's write is a broken pipe as soon as the peer is gone.

#include <algorithm>  // IWYU pragma: keep (the check does not know where lower_bound is)
#include <cstddef>
#include <cstdint>
#include <expected>
#include <system_error>

#include "base/check.h"
#include "base/result.h"
#include "base/time.h"
#include "io/socket.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/stream.h"

namespace dovetail::sim {
namespace {

const auto reset_error = std::make_error_code(std::errc::connection_reset);
const auto pipe_error = std::make_error_code(std::errc::broken_pipe);

}  // namespace

// Everything that came is read.
result<std::size_t> network::read_end(link& at, int side) {
  link_end& end = at.end(side);
  const link_end& peer = at.peer(side);
  if (end.ended) return 0;
  if (!end.read_error && peer.out.finished && !end.said) {
    if (is_news(peer) && choices_for(end).choose(2, site::outcome) == 1) {
      return failure(std::errc::operation_would_block);
    }
    end.ended = true;
    return 0;
  }
  // What a write has said is not contradicted by an end of stream.
  if (!end.read_error && peer.out.finished) end.read_error = end.said;
  if (!end.read_error) return failure(std::errc::operation_would_block);
  if (!end.said) end.said = end.read_error;
  return std::unexpected(end.read_error);
}

// The peer has closed. On TCP that comes to be known by what is sent there.
result<std::size_t> network::write_to_nobody(link& at, int side, std::size_t size) {
  link_end& end = at.end(side);
  if (at.local) {
    end.write_error = end.said = pipe_error;
    return std::unexpected(end.said);
  }
  size = any_size(choices_for(end), size, size, site::write_size);
  if (size == 0) return failure(std::errc::operation_would_block);
  if (tap_ != nullptr) tap_->on_written_to_nobody(at, side);
  const bool unheard = is_news(at.peer(side)) && choices_for(end).choose(2, site::outcome) == 1;
  if (!unheard) break_end(at, side);
  return size;
}

bool network::is_news(const link_end& of) const {
  return habits_.lag > duration::zero() && now_ - of.moved <= habits_.lag;
}

void network::close(link& at, int side) {
  link_end& end = at.end(side);
  const bool aborted = end.gone && !end.broken();
  if (side == 1 && !aborted && tap_ != nullptr) tap_->on_dropped(at);
  end.open = false;
  end.watched = io::readiness::none;
  uncount(end);
  if (!end.gone) let_go(at, side, false);
  if (side == 0 && !aborted && tap_ != nullptr) tap_->on_gone(at);
  erase_if_gone(at);
}

void network::abort(link& at, int side) {
  link_end& end = at.end(side);
  DOVETAIL_CHECK(end.open);
  if (side == 1 && tap_ != nullptr) tap_->on_dropped(at);
  end.watched = io::readiness::none;
  uncount(end);
  if (!end.gone) let_go(at, side, true);
  end.read_error = end.write_error = {};
  if (side == 0 && tap_ != nullptr) tap_->on_gone(at);
}

void network::sever(link& at, int side) {
  link_end& end = at.end(side);
  DOVETAIL_CHECK(end.open);
  if (end.gone) return;
  let_go(at, side, false);
  at.peer(side).out.lose(0);
  end.read_error = end.write_error = reset_error;
}

void network::reset(link& at) {
  break_end(at, 0);
  break_end(at, 1);
}

// Closing is an end of stream, or a reset where something was left unread or nothing else is
// wanted.
void network::let_go(link& at, int side, bool abruptly) {
  link_end& end = at.end(side);
  const link_end& peer = at.peer(side);
  stream& unread = at.peer(side).out;
  end.gone = true;
  if (!at.usable(side) && !was_answered(at)) return;
  if (at.is == link::state::failed || end.broken()) return unread.lose(0);
  const bool resets = !unread.empty() || (abruptly && !at.local);
  // What is left unread may have come too late to be seen by who closed: an end, then a reset.
  const bool crossed = resets && !abruptly && !at.local && is_news(peer) &&
                       choices_for(peer).choose(2, site::outcome) == 1;
  if (!resets || crossed) end.out.finished = true;
  end.moved = now_;
  if (resets) break_end(at, 1 - side);
  unread.lose(0);
}

// An attempt is given up. The other side may have answered, although that was not known here yet.
bool network::was_answered(link& at) {
  at.is = link::state::failed;
  if (!at.answered && !at.denied) {
    const prospect found = look(at);
    if (found.door == nullptr || found.door->host_.eager_) return false;
    if (choices_->choose(2, site::outcome) == 0) return false;
    answer(at, *found.door);
  }
  if (!at.answered || at.denied) return false;
  at.is = link::state::open;
  return true;
}

// This end finds the connection broken, after what was on its way to it or instead of that. Once
// both ends of a TCP connection have finished, only what is still on its way can be hurt.
void network::break_end(link& at, int side) {
  link_end& end = at.end(side);
  const stream& in = at.peer(side).out;
  const bool over = at.over() && !at.local;
  if (end.gone || end.broken() || (over && in.empty())) return;
  if (!at.usable(side) && !(at.local && at.answered)) {
    at.denied = !at.answered  ? std::make_error_code(std::errc::connection_refused)
                : in.finished ? pipe_error
                              : reset_error;
    return;
  }
  if (!loses_some(at, side) && over) return;
  const bool after_end = in.finished && !at.local;
  if (!after_end) end.read_error = reset_error;
  end.write_error = after_end || at.local ? pipe_error : reset_error;
}

// What is lost is lost from some byte on, and the end of the stream with it. A unix socket's bytes
// are there as soon as they are written.
bool network::loses_some(link& at, int side) {
  const link_end& end = at.end(side);
  stream& in = at.peer(side).out;
  const std::size_t size = in.size();
  if (!habits_.loses || at.local || end.ended || (size == 0 && !in.finished)) return false;
  const bool parts = size > 1 && habits_.cuts != cutting::never;
  const std::uint32_t what = choices_for(end).choose(parts ? 3 : 2, site::outcome);
  if (what == 0) return false;
  in.lose(what == 1 ? 0 : part_that_arrives(at, side));
  in.finished = false;
  return true;
}

void network::uncount(link_end& end) {
  if (end.counted) --end.at->sockets_;
  end.counted = false;
}

void network::erase_if_gone(link& at) {
  if (at.end(0).open || at.end(1).open || at.waits_at != nullptr) return;
  const auto found =
      std::ranges::lower_bound(links_, at.id, {}, [](const auto& each) { return each->id; });
  links_.erase(found);
}

}  // namespace dovetail::sim
