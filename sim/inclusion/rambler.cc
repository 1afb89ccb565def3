#include "sim/inclusion/rambler.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/endpoint.h"
#include "base/random.h"
#include "base/time.h"
#include "base/token.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/inclusion/recorder.h"

namespace dovetail::sim::inclusion {
namespace {

using std::chrono::microseconds;

constexpr std::size_t ends_max = 10;
constexpr std::array<std::size_t, 6> write_sizes = {1, 3, 100, 4096, 65536, 1U << 20};
constexpr std::array<std::size_t, 6> read_sizes = {1, 10, 1000, 4096, 65536, 1U << 20};

// What an end writes: at each place of each stream another byte than its neighbours in the others.
std::string text_of(std::size_t which, std::size_t from, std::size_t size) {
  static const std::string all = [] {
    std::string made;
    random_stream letters(1);
    for (int left = 1 << 16; left > 0; --left)
      made += static_cast<char>('!' + letters.below(90));
    return made;
  }();
  std::string text;
  std::size_t at = (which * 4099 + from) % all.size();
  while (text.size() < size) {
    text.append(all, at, size - text.size());
    at = 0;
  }
  return text;
}

}  // namespace

rambler::rambler(recorder& on, ramble how)
    : on_(on), how_(std::move(how)), random_(how_.seed), acts_left_(20 + random_.below(60)) {
  where_ = how_.here;
  listen();
}

void rambler::listen() {
  io::listen_options options;
  if (one_in(3)) options.backlog = 1;
  auto opened = on_.listen(where_, options, {0, 1});
  if (!opened) return;
  door_ = std::move(*opened);
  where_ = door_->where();
}

std::vector<std::size_t> rambler::living() const {
  std::vector<std::size_t> all;
  for (std::size_t each = 0; each < ends_.size(); ++each) {
    if (ends_[each].socket != nullptr) all.push_back(each);
  }
  return all;
}

void rambler::act() {
  const auto choices = living();
  if (choices.empty() || (choices.size() < ends_max && one_in(8))) return connect();
  if (one_in(20)) return change_door();
  act_on(choices[draw(static_cast<std::uint32_t>(choices.size()))]);
}

void rambler::act_on(std::size_t which) {
  std::unique_ptr<io::socket>& socket = ends_[which].socket;
  switch (draw(20)) {
    case 0:
      return socket->finish();
    case 1:
      return socket.reset();
    case 2:
      return on_.abort(std::move(socket));
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
      return write(which);
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      return read(which);
    case 13:
    case 14:
      return watch(which, io::readiness::writable);
    case 15:
      return watch(which, io::readiness::both);
    default:
      return watch(which, io::readiness::readable);
  }
}

void rambler::connect() {
  end& fresh = ends_.emplace_back();
  fresh.socket = on_.connect(one_in(10) ? how_.nowhere : where_);
  if (!one_in(4)) watch(ends_.size() - 1, io::readiness::writable);
}

void rambler::write(std::size_t which) {
  end& by = ends_[which];
  const std::size_t size = write_sizes[one_in(8) ? draw(6) : draw(4)];
  const std::string text = text_of(which, by.written, size);
  const io::const_buffer bytes = std::as_bytes(std::span(text));
  by.written += by.socket->write({&bytes, 1}).value_or(0);
}

void rambler::read(std::size_t which) {
  end& by = ends_[which];
  const std::size_t size = stage_ == stage::roaming ? read_sizes[draw(6)] : read_sizes.back();
  std::vector<std::byte> room(size);
  const auto came = by.socket->read(room);
  by.over = came ? *came == 0 : came.error() != std::errc::operation_would_block;
}

void rambler::watch(std::size_t which, io::readiness ways) {
  end& by = ends_[which];
  by.socket->watch(ways, {static_cast<std::uint32_t>(which), ++by.names});
}

void rambler::change_door() {
  if (door_ == nullptr) return listen();
  if (one_in(3)) return door_.reset();
  one_in(2) ? door_->pause() : door_->resume();
}

void rambler::on_accept(token, std::unique_ptr<io::socket> peer, instant now) {
  last_event_ = now;
  end& fresh = ends_.emplace_back();
  fresh.socket = std::move(peer);
  if (one_in(12)) return fresh.socket.reset();
  watch(ends_.size() - 1, io::readiness::readable);
  if (stage_ == stage::roaming && one_in(3)) act_on(ends_.size() - 1);
}

void rambler::on_ready(token who, io::readiness what, instant now) {
  last_event_ = now;
  const std::size_t which = who.slot;
  if (stage_ == stage::roaming) {
    if (io::can_read(what) && !one_in(4)) read(which);
    if (io::can_write(what) && one_in(2)) write(which);
    if (one_in(4)) act();
    if (ends_[which].socket != nullptr && !one_in(3)) watch(which, io::readiness::readable);
  } else if (io::can_read(what)) {
    read(which);
    if (!ends_[which].over) watch(which, io::readiness::readable);
  }
}

std::optional<instant> rambler::on_turn_end(instant now) {
  if (stage_ == stage::roaming) {
    for (std::uint32_t acts = draw(4); acts > 0 && acts_left_ > 0; --acts, --acts_left_)
      act();
    if (acts_left_ > 0) return now + rest();
    stage_ = stage::draining;
    last_event_ = now;
    drain();
  } else if (now - last_event_ >= how_.quiet) {
    go_on(now);
  }
  return last_event_ + how_.quiet;
}

// Mostly none, which is a turn at once.
duration rambler::rest() {
  return one_in(3) ? microseconds(draw(1000)) : microseconds(0);
}

void rambler::drain() {
  if (door_ != nullptr) door_->resume();
  for (const std::size_t each : living()) {
    if (!ends_[each].over) watch(each, io::readiness::readable);
  }
}

void rambler::go_on(instant now) {
  on_.quiet(now);
  last_event_ = now;
  if (stage_ == stage::finishing) {
    ends_.clear();
    door_.reset();
    stage_ = stage::over;
    return;
  }
  stage_ = stage::finishing;
  for (const std::size_t each : living()) {
    if (one_in(3)) {
      ends_[each].socket.reset();
    } else {
      ends_[each].socket->finish();
    }
  }
  drain();
}

}  // namespace dovetail::sim::inclusion
