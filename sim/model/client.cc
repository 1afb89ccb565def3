#include "sim/model/client.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/time.h"
#include "io/socket.h"
#include "sim/model/client_acts.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"
#include "sim/model/reply_frame.h"

namespace dovetail::sim {
namespace {

using point = client_act::point;

bool would_block(const std::error_code& why) {
  return why == std::errc::operation_would_block ||
         why == std::errc::resource_unavailable_try_again;
}

// Is `flag` one of the words of the reply's first line?
bool has_flag(std::string_view reply, std::string_view flag) {
  const std::string_view line = reply.substr(0, reply.find('\r'));
  for (std::size_t at = line.find(flag); at != std::string_view::npos;
       at = line.find(flag, at + 1)) {
    const std::size_t end = at + flag.size();
    if (at > 0 && line[at - 1] == ' ' && (end == line.size() || line[end] == ' ')) return true;
  }
  return false;
}

// How many of `size` bytes bring a count from `now` to `limit` at most.
std::size_t up_to(std::uint64_t limit, std::uint64_t now, std::size_t size) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(limit - now, size));
}

}  // namespace

client::client(std::uint32_t number, client_plan plan, client_surroundings& around)
    : around_(&around), plan_(std::move(plan)), number_(number), in_(around.pool) {
  if (plan_.sessions.empty()) phase_ = phase::over;
}

client_position client::position() const {
  return {.connection = connection_,
          .phase = std::to_underlying(phase_),
          .reads = reads_,
          .finished = finished_,
          .admitted = next_,
          .written = written_,
          .received = received_,
          .unwritten = out_.size(),
          .unanswered = unanswered_,
          .answered = first_due_,
          .wake = wake_};
}

void client::on_ready(io::readiness what, instant now) {
  if (phase_ == phase::connecting && io::can_write(what)) on_attempt_ended(now);
  if (phase_ == phase::open && io::can_read(what)) fill(now);
}

void client::advance(instant now) {
  wake_ = instant::max();
  if (phase_ == phase::waiting) connect(now);
  if (phase_ == phase::open) {
    perform(point::elapsed, static_cast<std::uint64_t>((now - connected_).count()), now);
    if (now >= resumes_) perform(client_deed::resume_reading, {}, now);
    wake_at(resumes_);
  }
  if (phase_ == phase::open) {
    admit(now);
    flush(now);
  }
  perform_told(now);
  end_when_done(now);
  if (phase_ == phase::open) watch();
}

// ---- the life of a connection

void client::connect(instant now) {
  if (begins_ == instant::min()) begins_ = now + session().pause;
  if (now < begins_) return wake_at(begins_);
  acts_ = client_acts(session().acts);
  socket_ = around_->net.connect(plan_.to);
  phase_ = phase::connecting;
  socket_->watch(io::readiness::writable, {number_, connection_ + 1});
}

void client::on_attempt_ended(instant now) {
  const auto nothing = socket_->write({});
  if (!nothing) {
    if (would_block(nothing.error())) {
      return socket_->watch(io::readiness::writable, {number_, connection_ + 1});
    }
    return end(client_end::refused, nothing.error(), now);
  }
  phase_ = phase::open;
  connected_ = now;
  around_->observer.on_connected(name(), now);
  perform(point::written, 0, now);
  perform(point::read, 0, now);
}

void client::end(client_end how, std::error_code why, instant now) {
  if (how == client_end::reset && around_->reset) {
    around_->reset(std::move(socket_));
  } else {
    socket_.reset();
  }
  const client_name ended = name();
  start_anew(now);
  around_->observer.on_ended(ended, how, why, in_.unread(), now);
  in_.consume(in_.size());
}

// Forgets all that was the last connection's but what is unread.
void client::start_anew(instant now) {
  out_.drop(out_.size());
  due_.clear();
  opaques_.clear();
  redis_reader_ = {};
  memcache_reader_ = {};
  told_.clear();
  next_ = unanswered_ = 0;
  written_ = received_ = first_due_ = 0;
  room_since_ = resumes_ = instant::max();
  reads_ = true;
  finished_ = finishes_ = false;
  const bool is_last = session_ + 1 == plan_.sessions.size();
  if (is_last && !plan_.repeats) {
    phase_ = phase::over;
    return;
  }
  if (!is_last) ++session_;
  phase_ = phase::waiting;
  ++connection_;
  begins_ = now + session().pause;
  wake_ = begins_;
}

bool client::done() const {
  return plan_.source == nullptr && next_ == session().requests.size() && out_.size() == 0 &&
         unanswered_ == 0;
}

void client::end_when_done(instant now) {
  if (phase_ != phase::open) return;
  if (finishes_ && out_.size() == 0) finish();
  if (!done()) return;
  if (session().ending == client_ending::close) end(client_end::closed, {}, now);
  if (session().ending == client_ending::finish) finish();
}

// ---- what it reads

void client::fill(instant now) {
  if (!socket_ || !reads_) return;
  auto room = in_.room();
  room = room.first(up_to(acts_.next(point::read), received_, room.size()));
  const auto size = socket_->read(room);
  if (!size) {
    in_.release_if_empty();
    if (!would_block(size.error())) end(client_end::lost, size.error(), now);
    return;
  }
  if (*size == 0) return end(client_end::finished, {}, now);
  in_.fill(*size);
  received_ += *size;
  around_->observer.on_received(name(), in_.unread().substr(in_.size() - *size), now);
  frame(now);
  perform(point::read, received_, now);
}

void client::frame(instant now) {
  while (!in_.empty()) {
    const reply_frame found = read_reply();
    if (found.is == reply_frame::outcome::incomplete) return in_.expect(found.size);
    if (found.is == reply_frame::outcome::malformed) {
      around_->observer.on_malformed(name(), in_.unread(), now);
      return end(client_end::closed, {}, now);
    }
    const std::string_view reply = in_.unread().substr(0, found.size);
    around_->observer.on_reply(name(), take_asker(reply), reply, now);
    in_.consume(found.size);
  }
}

reply_frame client::read_reply() {
  return plan_.speaks == wire_protocol::redis ? redis_reader_.read(in_.unread())
                                              : memcache_reader_.read(in_.unread());
}

request_number client::take_asker(std::string_view reply) {
  while (!due_.empty()) {
    const replies_due due = due_.front();
    if (due == replies_due::any) return first_due_;
    due_.pop();
    const request_number asker = first_due_++;
    if (due == replies_due::one) {
      --unanswered_;
      return asker;
    }
    if (due == replies_due::maybe) {
      const std::string opaque = opaques_.pop();
      if (opaque.empty() || has_flag(reply, opaque)) return asker;
    }
  }
  return no_request;
}

// ---- what it writes

void client::send(std::string_view bytes, replies_due due, std::string_view opaque) {
  DOVETAIL_CHECK(phase_ != phase::over);
  out_.push(bytes);
  if (due == replies_due::none && due_.empty()) {
    ++first_due_;
    return;
  }
  due_.push(due);
  if (due == replies_due::one) ++unanswered_;
  if (due == replies_due::maybe) opaques_.push(std::string(opaque));
}

void client::admit(instant now) {
  if (finished_ || finishes_) return;
  const auto& requests = session().requests;
  for (; next_ < requests.size() && has_room(); ++next_) {
    const client_request& next = requests[next_];
    if (thinks(next, now)) return;
    room_since_ = instant::max();
    send(next.bytes, next.due, next.opaque);
  }
  if (next_ == requests.size() && plan_.source != nullptr && has_room()) refill(now);
}

bool client::thinks(const client_request& next, instant now) {
  if (next.think == duration::zero()) return false;
  room_since_ = std::min(room_since_, now);
  const instant due = room_since_ + next.think;
  if (now >= due) return false;
  wake_at(due);
  return true;
}

void client::refill(instant now) {
  const std::size_t window = session().window;
  const std::size_t room =
      window == 0 ? std::numeric_limits<std::size_t>::max() : window - unanswered_;
  if (const auto again = plan_.source->on_room(*this, room, now)) wake_at(*again);
}

void client::flush(instant now) {
  while (phase_ == phase::open && !finished_ && out_.size() > 0 && write_once(now)) {
  }
}

// True when it stopped at an act, not at the socket.
bool client::write_once(instant now) {
  const std::size_t size = up_to(acts_.next(point::written), written_, out_.size());
  const std::array piece{std::as_bytes(std::span(out_.front(size)))};
  const auto taken = socket_->write(piece);
  if (!taken) {
    // Replies that came before are still to be read, and reading tells of the end.
    if (!would_block(taken.error())) {
      out_.drop(out_.size());
      if (!reads_) end(client_end::lost, taken.error(), now);
    }
    return false;
  }
  out_.drop(*taken);
  written_ += *taken;
  around_->observer.on_sent(name(), *taken, now);
  const bool at_act = written_ == acts_.next(point::written);
  perform(point::written, written_, now);
  return at_act;
}

void client::watch() {
  auto wanted = io::readiness::none;
  if (reads_) wanted = wanted | io::readiness::readable;
  if (out_.size() > 0) wanted = wanted | io::readiness::writable;
  if (wanted != io::readiness::none) socket_->watch(wanted, {number_, connection_ + 1});
}

// ---- what it does besides

void client::perform(client_act::point when, std::uint64_t at, instant now) {
  while (phase_ == phase::open && acts_.next(when) <= at) {
    const client_act& act = acts_.take(when);
    perform(act.what, act.lasting, now);
  }
  if (when == point::elapsed && phase_ == phase::open && acts_.next(when) != client_acts::never) {
    wake_at(connected_ + duration(acts_.next(when)));
  }
}

void client::perform(client_deed what, duration lasting, instant now) {
  switch (what) {
    case client_deed::finish:
      return finish();
    case client_deed::close:
      return end(client_end::closed, {}, now);
    case client_deed::reset:
      return end(client_end::reset, {}, now);
    case client_deed::stop_reading:
      reads_ = false;
      resumes_ = lasting == duration::zero() ? instant::max() : now + lasting;
      return wake_at(resumes_);
    case client_deed::resume_reading:
      reads_ = true;
      resumes_ = instant::max();
      return;
  }
}

void client::perform_told(instant now) {
  // A deed may end the connection, and with it what else was told.
  for (std::size_t at = 0; at < told_.size(); ++at) {
    if (told_[at] == client_deed::finish) {
      finishes_ = true;
    } else if (socket_) {
      perform(told_[at], {}, now);
    }
  }
  told_.clear();
}

void client::finish() {
  if (std::exchange(finished_, true)) return;
  out_.drop(out_.size());
  socket_->finish();
}

}  // namespace dovetail::sim
