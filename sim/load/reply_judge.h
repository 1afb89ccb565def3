// Is this reply the one to that request?

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ring.h"
#include "base/time.h"
#include "sim/load/key_space.h"
#include "sim/load/ledger.h"
#include "sim/load/mix.h"
#include "sim/load/provenance.h"
#include "sim/model/client_program.h"
#include "sim/model/memcache_reply_reader.h"
#include "sim/model/redis_reply_reader.h"

namespace dovetail::sim::load {

// A request that waits for its reply. `keys` entries belong to it in a queue beside.
struct question {
  load_op what = load_op::get;
  bool resets = false;  // a set of a counter
  std::uint32_t keys = 1;
  instant since = {};
};

struct asked_key {
  key_number key = 0;
  holding due;
};

struct verdict {
  enum class kind : std::uint8_t {
    right,
    refused,  // an error reply
    wrong,    // it answers something else, or nothing that was asked: complaint() tells
  };

  kind is = kind::right;
  std::uint32_t hits = 0;
  std::uint32_t misses = 0;
  std::uint32_t lost = 0;        // misses of what was written and should still be there
  std::uint32_t disordered = 0;  // values in another order than their keys were asked for
};

class reply_judge {
 public:
  // What is given must outlive the judge. Where servers may come back empty, a counter that begins
  // anew is lost, not wrong.
  reply_judge(wire_protocol speaks,
              const key_space& values,
              const key_space& counters,
              const value_maker& maker,
              ledger& known,
              bool servers_may_forget = false);

  // The first keys of `keys` are the question's.
  verdict judge(std::uint32_t client,
                const question& asked,
                const ring<asked_key>& keys,
                std::string_view reply);

  // Of the last wrong reply.
  struct difference {
    std::string expected;
    std::string got;
  };
  const difference& complaint() const { return complaint_; }

 private:
  verdict judge_redis(std::string_view reply);
  verdict judge_redis_values(const redis_item& first, std::string_view rest);
  verdict judge_memcache(std::string_view reply);
  verdict judge_memcache_values(std::string_view reply);
  // The place among the question's keys that a VALUE of that name takes.
  std::optional<std::uint32_t> take_place(std::string_view name, verdict& so_far);
  // False when it is wrong; then so_far says so, too.
  bool see_value(verdict& so_far, const asked_key& at, std::string_view value);
  void see_miss(verdict& so_far, const asked_key& at);
  verdict see_deleted(std::optional<std::uint64_t> count);
  verdict see_count(std::optional<std::uint64_t> count);
  verdict see_no_counter();
  verdict wrong(std::string expected, std::string_view got);

  std::string words_for(const asked_key& at) const;
  std::string words_for(const provenance& what) const;

  wire_protocol speaks_;
  const key_space& values_;
  const key_space& counters_;
  const value_maker& maker_;
  ledger& known_;
  const bool servers_may_forget_;
  difference complaint_;

  // Of the reply that is judged:
  std::uint32_t client_ = 0;
  const question* asked_ = nullptr;
  const ring<asked_key>* keys_ = nullptr;
  std::vector<bool> placed_;  // which of its keys have a VALUE
  std::uint32_t next_place_ = 0;
};

}  // namespace dovetail::sim::load
