// Which writes there were, and what private keys must hold.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.h"
#include "sim/load/key_space.h"
#include "sim/load/provenance.h"

namespace dovetail::sim::load {

// What a read must find that is asked now: replies come in the order of requests, so what was
// asked before has happened by then.
struct holding {
  enum class certainty : std::uint8_t {
    none,     // anything that was really written there, or nothing
    nothing,  // it was deleted
    value,    // this one
  };

  certainty is = certainty::none;
  write_id written = {};
};

class ledger {
 public:
  static constexpr std::uint64_t unknown_count = std::numeric_limits<std::uint64_t>::max();

  // The key spaces must outlive the ledger.
  ledger(const key_space& values,
         const key_space& counters,
         std::uint32_t clients,
         std::uint64_t seed);

  // The client's next write. Its key follows from the write's number, so that everybody can tell
  // which key a write went to.
  provenance next_write(std::uint32_t client);

  // The write of one key before the load begins.
  provenance preload(key_number key);

  void erased(key_number key);

  holding due(key_number key) const { return key_space::is_private(key) ? at(key).due : holding{}; }

  // A write or deletion may have happened or not, or may yet happen: from here on the key holds
  // anything that its owner ever wrote, or nothing.
  void doubt(key_number key) {
    if (key_space::is_private(key)) at(key).doubtful = true;
  }
  bool is_doubtful(key_number key) const { return !key_space::is_private(key) || at(key).doubtful; }

  // Whether somebody has really asked for this write.
  bool happened(const provenance& what) const;

  // What the client saw a counter at; unknown_count. A private one in doubt may have skipped some.
  std::uint64_t& count(std::uint32_t client, key_number counter) {
    return counts_[std::size_t{client} * counters_.size() + counter];
  }
  void doubt_counter(key_number counter) { counter_doubts_[counter] = true; }
  bool is_exact(key_number counter) const {
    return key_space::is_private(counter) && !counter_doubts_[counter];
  }
  void preload_counter(key_number counter) { count(counters_.owner(counter), counter) = 0; }

 private:
  struct entry {
    holding due;
    bool doubtful = false;
  };

  key_number key_of(write_id written) const;
  entry& at(key_number key) { return private_[key / key_space::every]; }
  const entry& at(key_number key) const { return private_[key / key_space::every]; }

  const key_space& values_;
  const key_space& counters_;
  std::uint64_t seed_;
  bool preloaded_ = false;
  std::vector<std::uint64_t> writes_;  // of each client, so far
  std::vector<entry> private_;         // in the order of keys
  std::vector<std::uint64_t> counts_;
  std::vector<bool> counter_doubts_;
};

}  // namespace dovetail::sim::load
