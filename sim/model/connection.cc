#include "sim/model/connection.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include "base/time.h"
#include "base/token.h"
#include "buffer/block.h"
#include "io/socket.h"
#include "sim/model/conversation.h"

namespace dovetail::sim {
namespace {

bool would_block(const std::error_code& why) {
  return why == std::errc::operation_would_block ||
         why == std::errc::resource_unavailable_try_again;
}

}  // namespace

connection::connection(std::unique_ptr<io::socket> peer,
                       std::unique_ptr<conversation> talk,
                       block_pool& pool)
    : peer_(std::move(peer)), talk_(std::move(talk)), in_(pool), out_(pool) {}

void connection::fill() {
  if (finished_ || hung_up_ || lost_) return;
  const auto size = peer_->read(in_.room());
  if (size && *size > 0) return in_.fill(*size);
  in_.release_if_empty();
  if (size) {
    finished_ = true;
  } else if (!would_block(size.error())) {
    lost_ = true;
  }
}

bool connection::advance(instant now) {
  do {
    serve(now);
    flush();
  } while (!lost_ && out_.empty() && waits_for_room_);
  return !lost_ && !(out_.empty() && (finished_ || hung_up_));
}

void connection::serve(instant now) {
  while (!lost_ && !hung_up_) {
    waits_for_room_ = out_.size() >= unsent_bytes_max;
    if (waits_for_room_) return;
    const auto step = talk_->serve(in_, out_, now);
    if (step == conversation::step::incomplete) return;
    hung_up_ = step == conversation::step::hang_up;
  }
}

void connection::flush() {
  std::array<io::const_buffer, io::buffers_per_write_max> pieces;
  while (!lost_ && !out_.empty()) {
    const std::size_t count = out_.gather(pieces);
    const auto size = peer_->write(std::span(pieces).first(count));
    if (!size) {
      lost_ = !would_block(size.error());
      return;
    }
    out_.drop(*size);
  }
}

void connection::watch(token name) {
  auto wanted = io::readiness::none;
  if (!finished_ && !hung_up_ && !waits_for_room_) wanted = wanted | io::readiness::readable;
  if (!out_.empty()) wanted = wanted | io::readiness::writable;
  peer_->watch(wanted, name);
}

}  // namespace dovetail::sim
