#include "recorder/flight_log.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "io/socket.h"
#include "recorder/entry.h"

namespace dovetail {
namespace {

// What an entry of this kind has besides `which`.
enum part : unsigned {
  has_at = 1,
  has_what = 2,
  has_asked = 4,
  has_number = 8,  // and whether it is an errno
  has_hash = 16,
  has_since = 32,
  has_text = 64,
  has_no_which = 128,
};

struct shape {
  std::string_view name;
  unsigned parts = 0;
};

shape shape_of(entry_kind kind) {
  switch (kind) {
    case entry_kind::start:
      return {"start", has_no_which | has_since};
    case entry_kind::accept:
      return {"accept", has_at | has_since};
    case entry_kind::ready:
      return {"ready", has_what | has_since};
    case entry_kind::turn_end:
      return {"turn end", has_no_which | has_since};
    case entry_kind::prepare:
      return {"prepare", has_no_which | has_since | has_text};
    case entry_kind::forget:
      return {"forget", has_no_which | has_since};
    case entry_kind::adopt:
      return {"adopt", has_no_which | has_number | has_since | has_text};
    case entry_kind::drain:
      return {"drain", has_no_which | has_since};
    case entry_kind::woken:
      return {"wake-up", has_no_which | has_number};
    case entry_kind::connect:
      return {"connect", has_text};
    case entry_kind::listen:
      return {"listen", has_text | has_number};
    case entry_kind::read:
      return {"read", has_asked | has_number | has_text};
    case entry_kind::write:
      return {"write", has_asked | has_number | has_hash};
    case entry_kind::watch:
      return {"watch", has_what};
    case entry_kind::finish:
      return {"finish", 0};
    case entry_kind::keep_alive:
      return {"keep alive", 0};
    case entry_kind::peer:
      return {"peer", has_text};
    case entry_kind::drop:
      return {"drop", 0};
    case entry_kind::pause:
      return {"pause", 0};
    case entry_kind::resume:
      return {"resume", 0};
    case entry_kind::where:
      return {"where", has_text};
    case entry_kind::close:
      return {"close", 0};
  }
  return {};
}

constexpr std::size_t number_bytes_max = 10;
constexpr std::size_t entry_bytes_max = 1 + 6 * number_bytes_max + sizeof(std::uint64_t);

char* put_number(char* to, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    *to++ = static_cast<char>(number | 0x80);
  *to++ = static_cast<char>(number);
  return to;
}

bool take_number(std::string_view& from, std::uint64_t& into) {
  into = 0;
  for (std::size_t at = 0; at < std::min(from.size(), number_bytes_max); ++at) {
    const auto byte = static_cast<unsigned char>(from[at]);
    if (at == number_bytes_max - 1 && byte > 1) return false;
    into |= std::uint64_t{byte & 0x7FU} << (7 * at);
    if (byte < 0x80) {
      from.remove_prefix(at + 1);
      return true;
    }
  }
  return false;
}

bool take_number_32(std::string_view& from, std::uint32_t& into) {
  std::uint64_t number = 0;
  if (!take_number(from, number) || number > UINT32_MAX) return false;
  into = static_cast<std::uint32_t>(number);
  return true;
}

}  // namespace

std::string_view name_of(entry_kind kind) {
  return shape_of(kind).name;
}

flight_log::flight_log(std::size_t bytes_max) : bytes_max_(std::max(bytes_max, chunk_bytes)) {}

// Null when there is none.
char* flight_log::room_for(std::size_t size) {
  if (!chunks_.empty()) {
    const chunk& last = chunks_.back();
    if (last.capacity - last.size >= size) return last.at.get() + last.size;
  }
  const std::size_t wanted = std::max(size, chunk_bytes);
  if (wanted > bytes_max_ - taken_) return nullptr;
  taken_ += wanted;
  chunks_.push_back(
      {.at = std::make_unique_for_overwrite<char[]>(wanted), .size = 0, .capacity = wanted});
  return chunks_.back().at.get();
}

void flight_log::add(const entry& what) {
  if (full_) return;
  char* const at = room_for(entry_bytes_max + what.text.size());
  full_ = at == nullptr;
  if (full_) return;
  const unsigned parts = shape_of(what.kind).parts;
  char* to = at;
  *to++ = static_cast<char>(what.kind);
  if ((parts & has_no_which) == 0) to = put_number(to, what.which);
  if ((parts & has_at) != 0) to = put_number(to, what.at);
  if ((parts & has_what) != 0) *to++ = static_cast<char>(what.what);
  if ((parts & has_asked) != 0) to = put_number(to, what.asked);
  if ((parts & has_number) != 0) to = put_number(to, what.number << 1 | (what.failed ? 1 : 0));
  if ((parts & has_hash) != 0) {
    std::memcpy(to, &what.hash, sizeof what.hash);
    to += sizeof what.hash;
  }
  if ((parts & has_since) != 0) to = put_number(to, static_cast<std::uint64_t>(what.since.count()));
  if ((parts & has_text) != 0) {
    to = put_number(to, what.text.size());
    to = std::ranges::copy(what.text, to).out;
  }
  const auto size = static_cast<std::size_t>(to - at);
  chunks_.back().size += size;
  bytes_ += size;
  ++entries_;
}

std::vector<std::string_view> flight_log::chunks() const {
  std::vector<std::string_view> all;
  for (const chunk& each : chunks_)
    all.emplace_back(each.at.get(), each.size);
  return all;
}

std::optional<entry> entry_reader::next() {
  if (rest_.empty()) return std::nullopt;
  std::string_view rest = rest_;
  entry found{.kind = static_cast<entry_kind>(rest.front()), .text = {}};
  rest.remove_prefix(1);
  const auto [name, parts] = shape_of(found.kind);
  if (name.empty()) return std::nullopt;
  if ((parts & has_no_which) == 0 && !take_number_32(rest, found.which)) return std::nullopt;
  if ((parts & has_at) != 0 && !take_number_32(rest, found.at)) return std::nullopt;
  if ((parts & has_what) != 0) {
    if (rest.empty() || static_cast<unsigned char>(rest.front()) > 3) return std::nullopt;
    found.what = static_cast<io::readiness>(rest.front());
    rest.remove_prefix(1);
  }
  if ((parts & has_asked) != 0 && !take_number(rest, found.asked)) return std::nullopt;
  if ((parts & has_number) != 0) {
    if (!take_number(rest, found.number)) return std::nullopt;
    found.failed = (found.number & 1) != 0;
    found.number >>= 1;
  }
  if ((parts & has_hash) != 0) {
    if (rest.size() < sizeof found.hash) return std::nullopt;
    std::memcpy(&found.hash, rest.data(), sizeof found.hash);
    rest.remove_prefix(sizeof found.hash);
  }
  if ((parts & has_since) != 0) {
    std::uint64_t since = 0;
    if (!take_number(rest, since)) return std::nullopt;
    found.since = duration(static_cast<duration::rep>(since));
  }
  if ((parts & has_text) != 0) {
    std::uint64_t size = 0;
    if (!take_number(rest, size) || size > rest.size()) return std::nullopt;
    found.text = rest.substr(0, size);
    rest.remove_prefix(size);
  }
  rest_ = rest;
  return found;
}

void byte_hash::mix(std::uint64_t eight) {
  state_ = std::rotl((state_ ^ eight) * 0xff51'afd7'ed55'8ccd, 29);
}

void byte_hash::add(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  while (filled_ != 0 && !bytes.empty()) {
    partial_ |= std::to_integer<std::uint64_t>(bytes.front()) << (8 * filled_);
    bytes = bytes.subspan(1);
    if (++filled_ < 8) continue;
    mix(partial_);
    partial_ = 0;
    filled_ = 0;
  }
  std::uint64_t eight = 0;
  for (; bytes.size() >= sizeof eight; bytes = bytes.subspan(sizeof eight)) {
    std::memcpy(&eight, bytes.data(), sizeof eight);
    mix(eight);
  }
  for (const std::byte each : bytes)
    partial_ |= std::to_integer<std::uint64_t>(each) << (8 * filled_++);
}

std::uint64_t byte_hash::value() const {
  byte_hash last = *this;
  last.mix(partial_);
  last.mix(size_);
  return last.state_ ^ last.state_ >> 32;
}

}  // namespace dovetail
