#include "sim/load/reply_judge.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/ring.h"
#include "base/text.h"
#include "sim/load/key_space.h"
#include "sim/load/ledger.h"
#include "sim/load/mix.h"
#include "sim/load/provenance.h"
#include "sim/model/client_program.h"
#include "sim/model/memcache_reply_reader.h"
#include "sim/model/redis_reply_reader.h"

namespace dovetail::sim::load {
namespace {

constexpr std::uint64_t any_number = std::numeric_limits<std::uint64_t>::max();

// As much of some bytes as one reads, without what a terminal would act on.
std::string excerpt(std::string_view bytes) {
  constexpr std::size_t most = 120;
  std::string text;
  for (const char each : bytes.substr(0, most)) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte >= 0x20 && byte < 0x7f) {
      text += each;
    } else {
      text += fmt::format("\\x{:02x}", byte);
    }
  }
  if (bytes.size() > most) text += fmt::format("… ({} bytes)", bytes.size());
  return text;
}

bool is_memcache_error(std::string_view reply) {
  return reply.starts_with("SERVER_ERROR") || reply.starts_with("CLIENT_ERROR") ||
         reply.starts_with("ERROR");
}

std::string_view without_crlf(std::string_view line) {
  return line.substr(0, line.size() - 2);
}

}  // namespace

reply_judge::reply_judge(wire_protocol speaks,
                         const key_space& values,
                         const key_space& counters,
                         const value_maker& maker,
                         ledger& known,
                         bool servers_may_forget)
    : speaks_(speaks),
      values_(values),
      counters_(counters),
      maker_(maker),
      known_(known),
      servers_may_forget_(servers_may_forget) {}

verdict reply_judge::judge(std::uint32_t client,
                           const question& asked,
                           const ring<asked_key>& keys,
                           std::string_view reply) {
  client_ = client;
  asked_ = &asked;
  keys_ = &keys;
  return speaks_ == wire_protocol::redis ? judge_redis(reply) : judge_memcache(reply);
}

// ---- redis

verdict reply_judge::judge_redis(std::string_view reply) {
  std::string_view rest = reply;
  const redis_item item = take_redis_item(rest);
  if (item.kind == redis_kind::error) return {.is = verdict::kind::refused};
  switch (asked_->what) {
    case load_op::get:
    case load_op::mget:
      return judge_redis_values(item, rest);
    case load_op::set:
      if (item.kind == redis_kind::status && item.text == "OK") return {};
      return wrong("OK", reply);
    case load_op::del:
    case load_op::incr: {
      if (item.kind != redis_kind::integer) return wrong("an integer", reply);
      const auto count = parse_unsigned(item.text, any_number);
      return asked_->what == load_op::del ? see_deleted(count) : see_count(count);
    }
  }
  return {};
}

verdict reply_judge::judge_redis_values(const redis_item& first, std::string_view rest) {
  const bool one = asked_->what == load_op::get;
  if (!one && (first.kind != redis_kind::array || first.count != asked_->keys)) {
    return wrong(
        fmt::format("an array of {} values", asked_->keys),
        first.kind == redis_kind::array ? fmt::format("an array of {}", first.count) : first.text);
  }
  verdict so_far;
  for (std::uint32_t at = 0; at < asked_->keys; ++at) {
    const redis_item item = one ? first : take_redis_item(rest);
    const asked_key& due = (*keys_)[at];
    if (item.kind == redis_kind::null_bulk) {
      see_miss(so_far, due);
    } else if (item.kind != redis_kind::bulk) {
      return wrong(words_for(due), item.text);
    } else if (!see_value(so_far, due, item.text)) {
      return so_far;
    }
  }
  return so_far;
}

// ---- memcache

verdict reply_judge::judge_memcache(std::string_view reply) {
  if (is_memcache_error(reply)) return {.is = verdict::kind::refused};
  const std::string_view line = without_crlf(reply);
  switch (asked_->what) {
    case load_op::get:
    case load_op::mget:
      return judge_memcache_values(reply);
    case load_op::set:
      return line == "STORED" ? verdict{} : wrong("STORED", line);
    case load_op::del:
      if (line == "DELETED") return see_deleted(1);
      return line == "NOT_FOUND" ? see_deleted(0) : wrong("DELETED or NOT_FOUND", line);
    case load_op::incr:
      return line == "NOT_FOUND" ? see_no_counter() : see_count(parse_unsigned(line, any_number));
  }
  return {};
}

verdict reply_judge::judge_memcache_values(std::string_view reply) {
  if (!reply.starts_with("VALUE ") && reply != "END\r\n") {
    return wrong("VALUE or END", without_crlf(reply));
  }
  verdict so_far;
  placed_.assign(asked_->keys, false);
  next_place_ = 0;
  std::string_view rest = reply;
  while (const auto value = take_memcache_value(rest)) {
    const auto place = take_place(value->key, so_far);
    if (!place) return wrong(words_for((*keys_)[0]), fmt::format("VALUE of {}", value->key));
    const asked_key& due = (*keys_)[*place];
    if (!see_value(so_far, due, value->data)) return so_far;
    if (value->flags != value_maker::flags(*maker_.read(value->data))) {
      return wrong(words_for(due), fmt::format("its value with the flags {}", value->flags));
    }
  }
  if (!reply.ends_with("END\r\n")) return {.is = verdict::kind::refused};
  for (std::uint32_t at = 0; at < asked_->keys; ++at) {
    if (!placed_[at]) see_miss(so_far, (*keys_)[at]);
  }
  return so_far;
}

// Values come in the order of keys, with misses left out. A proxy that asked several servers may
// say them in another order; the protocol does not forbid it, so it is only counted.
std::optional<std::uint32_t> reply_judge::take_place(std::string_view name, verdict& so_far) {
  const auto key = values_.number(name);
  if (!key) return std::nullopt;
  for (std::uint32_t step = 0; step < asked_->keys; ++step) {
    const std::uint32_t place = (next_place_ + step) % asked_->keys;
    if (placed_[place] || (*keys_)[place].key != *key) continue;
    if (place < next_place_) ++so_far.disordered;
    placed_[place] = true;
    next_place_ = place + 1;
    return place;
  }
  return std::nullopt;
}

// ---- both

bool reply_judge::see_value(verdict& so_far, const asked_key& at, std::string_view value) {
  ++so_far.hits;
  const auto found = maker_.read(value);
  const bool is_ours = found && found->key == at.key && known_.happened(*found);
  const bool is_due = known_.is_doubtful(at.key) || at.due.is == holding::certainty::none ||
                      (at.due.is == holding::certainty::value && found->written == at.due.written);
  if (is_ours && is_due) return true;
  so_far = wrong(words_for(at), value);
  if (found) complaint_.got = words_for(*found) + (is_ours ? "" : ", who never wrote it");
  if (found && found->key != at.key) complaint_.got = words_for(*found);
  return false;
}

void reply_judge::see_miss(verdict& so_far, const asked_key& at) {
  ++so_far.misses;
  const bool is_there = at.due.is == holding::certainty::value && !known_.is_doubtful(at.key);
  if (is_there) ++so_far.lost;
}

verdict reply_judge::see_deleted(std::optional<std::uint64_t> count) {
  if (!count || *count > 1)
    return wrong("0 or 1 deleted", count ? std::to_string(*count) : "a number");
  const asked_key& at = (*keys_)[0];
  if (known_.is_doubtful(at.key)) return {};
  if (at.due.is == holding::certainty::value && *count == 0) return {.lost = 1};
  if (at.due.is == holding::certainty::nothing && *count == 1) {
    return wrong(values_.name(at.key) + " gone already", "1 deleted");
  }
  return {};
}

verdict reply_judge::see_count(std::optional<std::uint64_t> count) {
  const key_number counter = (*keys_)[0].key;
  std::uint64_t& before = known_.count(client_, counter);
  if (!count) return wrong("a number", "none");
  const bool knows = before != ledger::unknown_count;
  const bool fits = known_.is_exact(counter) ? *count == before + 1 : *count > before;
  const bool is_anew = servers_may_forget_ && *count > 0 && *count <= before;
  if (knows && !fits && is_anew) {
    before = *count;
    return {.lost = 1};
  }
  if (knows && !fits) {
    return wrong(fmt::format("{} at {} {}", counters_.name(counter),
                             known_.is_exact(counter) ? "exactly" : "no less than", before + 1),
                 std::to_string(*count));
  }
  before = *count;
  return {};
}

verdict reply_judge::see_no_counter() {
  std::uint64_t& before = known_.count(client_, (*keys_)[0].key);
  const bool knows = std::exchange(before, ledger::unknown_count) != ledger::unknown_count;
  return {.misses = 1, .lost = knows ? 1U : 0U};
}

verdict reply_judge::wrong(std::string expected, std::string_view got) {
  complaint_ = {.expected = std::move(expected), .got = excerpt(got)};
  return {.is = verdict::kind::wrong};
}

std::string reply_judge::words_for(const asked_key& at) const {
  if (at.due.is == holding::certainty::none || known_.is_doubtful(at.key)) {
    return fmt::format("a value that was written to {}", values_.name(at.key));
  }
  if (at.due.is == holding::certainty::nothing) {
    return fmt::format("nothing, for {} was deleted", values_.name(at.key));
  }
  return words_for(provenance{.key = at.key, .written = at.due.written});
}

std::string reply_judge::words_for(const provenance& what) const {
  const std::string key =
      what.key < values_.size() ? values_.name(what.key) : fmt::format("key {}", what.key);
  if (what.written.writer == write_id::preloader) {
    return fmt::format("the value of {} from before the load", key);
  }
  return fmt::format("the value of {} by client {}, its write {}", key, what.written.writer,
                     what.written.sequence);
}

}  // namespace dovetail::sim::load
