#include "proxy/server_connection.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "buffer/block.h"
#include "buffer/slice.h"
#include "message/request.h"
#include "message/response.h"
#include "message/slow_log.h"
#include "protocol/protocol.h"
#include "proxy/pairing.h"
#include "stats/counters.h"

namespace dovetail {
namespace {

constexpr std::size_t note_bytes_max = 1U << 20;  // on a connection
constexpr std::size_t secret_prefix = 16;

// A server may repeat what it was told, in part: redis does with a command that it does not know.
std::string_view before_secret(std::string_view text, std::string_view secret) {
  return secret.empty() ? text : text.substr(0, text.find(secret.substr(0, secret_prefix)));
}

}  // namespace

server_connection::server_connection(const protocol& speaks,
                                     block_pool& pool,
                                     server_counters& counts,
                                     std::optional<duration> slow_after)
    : protocol_(&speaks),
      counters_(&counts),
      parser_(speaks.new_response_parser()),
      inbox_(pool),
      greeting_(pool),
      requests_(pool),
      slow_after_(slow_after) {
  for (const std::string& each : speaks.greeting())
    greeting_.append(each);
  greetings_owed_ = speaks.greeting().size();
}

server_connection::~server_connection() {
  while (!awaiting_.empty())
    lose_front();
}

void server_connection::ask(const request& what,
                            const ticket& owner,
                            instant now,
                            std::optional<instant> deadline) {
  const std::size_t size_before = requests_.size();
  const expectation expected = protocol_->expect(what, awaiting_.echoes());
  protocol_->write(what, requests_);
  const std::uint32_t note_size = takes_notes() ? note_arguments(what, awaiting_.notes()) : 0;
  line_up(expected, note_size, size_before, owner, now, deadline);
}

void server_connection::ask_part(const request& what,
                                 std::span<const std::uint32_t> keys,
                                 const ticket& owner,
                                 instant now,
                                 std::optional<instant> deadline) {
  const std::size_t size_before = requests_.size();
  const expectation expected = protocol_->expect_part(what, keys, awaiting_.echoes());
  protocol_->write_part(what, keys, requests_);
  const std::uint32_t note_size = takes_notes() ? note_arguments(what, keys, awaiting_.notes()) : 0;
  line_up(expected, note_size, size_before, owner, now, deadline);
}

void server_connection::ask_probe(instant now, instant deadline) {
  const std::size_t size_before = requests_.size();
  requests_.append(protocol_->probe());
  line_up(protocol_->expect_probe(), 0, size_before, {}, now, deadline);
}

// Not of those that come while very many wait: their notes would take more than they do.
bool server_connection::takes_notes() const {
  return slow_after_ && awaiting_.note_bytes() < note_bytes_max;
}

void server_connection::line_up(const expectation& expected,
                                std::uint32_t note_size,
                                std::size_t size_before,
                                const ticket& owner,
                                instant now,
                                std::optional<instant> deadline) {
  const std::size_t size = requests_.size() - size_before;
  awaiting_.push({.owner = owner,
                  .expected = expected,
                  .first_byte = asked_bytes_,
                  .size = size,
                  .asked_at = now,
                  .deadline = deadline,
                  .note_size = note_size});
  asked_bytes_ += size;
  counters_->requests.add();
  counters_->request_bytes.add(static_cast<std::int64_t>(size));
  counters_->in_queue.add();
  counters_->in_queue_bytes.add(static_cast<std::int64_t>(size));
}

void server_connection::connected() {
  phase_ = greetings_owed_ > 0 ? phase::greeting : phase::ready;
}

void server_connection::wrote(std::size_t bytes, instant now) {
  if (phase_ != phase::ready) return;
  written_bytes_ += bytes;
  awaiting_.written_to(written_bytes_, now, [this](const awaited& sent) {
    const auto size = static_cast<std::int64_t>(sent.size);
    counters_->in_queue.add(-1);
    counters_->in_queue_bytes.add(-size);
    counters_->out_queue.add();
    counters_->out_queue_bytes.add(size);
  });
}

server_connection::outcome server_connection::next(answer& into) {
  if (inbox_.empty()) return outcome::nothing;
  response came;
  switch (parser_->parse(inbox_, came)) {
    case parse_status::incomplete:
      return outcome::nothing;
    case parse_status::malformed:
      return doubt("Malformed response from server");
    case parse_status::complete:
      break;
  }
  return phase_ == phase::ready ? pair(came, into) : greeted_by(came, into);
}

server_connection::outcome server_connection::greeted_by(const response& came, answer& into) {
  if (!greeting_.empty()) return doubt("Unexpected response from server");
  if (came.is_error()) {
    const std::string_view line = inbox_.unread().substr(0, came.size);
    why_ = "Server refused the connection: ";
    why_ += before_secret(line.substr(1, line.find_first_of("\r\n") - 1), protocol_->secret());
    return outcome::refused;
  }
  if (!protocol_->accepts_greeting(came)) {
    return doubt("Response from server does not fit the greeting");
  }
  inbox_.consume(came.size);
  if (--greetings_owed_ > 0) return next(into);
  phase_ = phase::ready;
  return outcome::greeted;
}

server_connection::outcome server_connection::pair(const response& came, answer& into) {
  // A server may refuse a request before it has the whole of it (memcached does when a value is too
  // large), but not before the first byte.
  if (awaiting_.empty() || awaiting_.front().first_byte >= written_bytes_) {
    return doubt("Unexpected response from server");
  }
  const bool early = !awaiting_.front_is_written();
  if (early && !came.is_error()) return doubt("Unexpected response from server");
  const awaited& asked = awaiting_.front();
  const slice bytes = inbox_.front(came.size);
  if (!protocol_->plausible(asked.expected, awaiting_.front_echo(), came, bytes.view())) {
    return doubt("Response from server does not fit the request");
  }
  const bool silent = (asked.expected.silent & came.shape) != 0;
  into.owner = asked.owner;
  into.reply = silent ? slice() : bytes.sub(came.relayed.offset, came.relayed.size);
  into.failed = came.is_error();
  into.late = awaiting_.front_is_late();
  if (!into.late) misses_ = 0;
  measure(asked, into);
  inbox_.consume(came.size);
  settle_front();
  counters_->responses.add();
  counters_->response_bytes.add(static_cast<std::int64_t>(came.size));
  return outcome::answered;
}

// The response was read in the turn in which the server was last heard.
void server_connection::measure(const awaited& answered, answer& into) {
  into.took = last_heard_ - answered.asked_at;
  const bool written = awaiting_.front_is_written();
  const duration queued = (written ? answered.written_at : last_heard_) - answered.asked_at;
  request_times& times = counters_->times[std::to_underlying(answered.expected.kind)];
  times.whole.add(into.took.count());
  times.queue.add(queued.count());
  times.wire.add((into.took - queued).count());
  into.note.clear();
  if (slow_after_ && into.took >= *slow_after_) into.note = awaiting_.front_note();
}

server_connection::outcome server_connection::doubt(std::string_view why) {
  why_ = why;
  return outcome::doubtful;
}

// Takes the front out of line and out of the gauges.
void server_connection::settle_front() {
  const bool written = awaiting_.front_is_written();
  const auto size = static_cast<std::int64_t>(awaiting_.pop().size);
  (written ? counters_->out_queue : counters_->in_queue).add(-1);
  (written ? counters_->out_queue_bytes : counters_->in_queue_bytes).add(-size);
}

std::optional<ticket> server_connection::expire(instant now) {
  const auto due = awaiting_.next_deadline();
  const auto owner = awaiting_.expire(now);
  if (!owner) return owner;
  if (misses_ == 0) first_missed_ = *due;
  if (misses_ == 0 || *due != last_missed_) ++misses_;
  last_missed_ = *due;
  return owner;
}

// The last of them was asked when the first one was overdue: that it was slow for a moment, with
// many waiting, is not enough.
bool server_connection::is_always_late(duration timeout) const {
  return misses_ >= misses_max && last_missed_ - first_missed_ >= timeout;
}

// Nothing while no request is overdue.
std::optional<instant> server_connection::give_up_at(duration timeout) const {
  const auto overdue = awaiting_.overdue_since();
  if (!overdue || timeout == duration::zero()) return std::nullopt;
  if (phase_ != phase::ready) return overdue;
  return std::max(*overdue, last_heard_) + timeout;
}

bool server_connection::given_up(instant now, duration timeout) const {
  if (timeout > duration::zero() && is_always_late(timeout)) return true;
  const auto at = give_up_at(timeout);
  return at && now >= *at;
}

std::optional<instant> server_connection::next_deadline(duration timeout) const {
  const auto due = awaiting_.next_deadline();
  const auto give_up = give_up_at(timeout);
  if (due && give_up) return std::min(*due, *give_up);
  return due ? due : give_up;
}

bool server_connection::front_may_move() const {
  if (phase_ != phase::ready || awaiting_.empty() || awaiting_.front_is_late()) return false;
  return !awaiting_.front().moved && awaiting_.front().first_byte >= written_bytes_;
}

// The gauges stay as they are: it is not written, here or there.
void server_connection::move_front(server_connection& to) {
  awaited its = awaiting_.front();
  const std::uint64_t unwritten_from = asked_bytes_ - requests_.size();
  requests_.drop(its.first_byte - unwritten_from);
  requests_.move(its.size, to.requests_);
  to.awaiting_.echoes().push(awaiting_.front_echo());
  to.awaiting_.notes().push(awaiting_.front_note());
  awaiting_.pop();
  its.first_byte = to.asked_bytes_;
  its.moved = true;
  to.asked_bytes_ += its.size;
  to.awaiting_.push(its);
}

bool server_connection::abandon(answer& into, instant now) {
  if (awaiting_.empty()) return false;
  into = {.owner = awaiting_.front().owner, .reply = {}, .late = awaiting_.front_is_late()};
  into.took = now - awaiting_.front().asked_at;
  if (slow_after_ && into.took >= *slow_after_) into.note = awaiting_.front_note();
  lose_front();
  return true;
}

void server_connection::lose_front() {
  settle_front();
  counters_->lost.add();
}

}  // namespace dovetail
