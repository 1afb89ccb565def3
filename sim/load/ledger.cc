#include "sim/load/ledger.h"

#include <cstddef>
#include <cstdint>

#include "base/random.h"
#include "sim/load/key_space.h"
#include "sim/load/provenance.h"

namespace dovetail::sim::load {

ledger::ledger(const key_space& values,
               const key_space& counters,
               std::uint32_t clients,
               std::uint64_t seed)
    : values_(values),
      counters_(counters),
      seed_(seed),
      writes_(clients),
      private_(values.size() / key_space::every),
      counts_(std::size_t{clients} * counters.size(), unknown_count),
      counter_doubts_(counters.size()) {}

provenance ledger::next_write(std::uint32_t client) {
  const write_id written{.writer = client, .sequence = writes_[client]++};
  const key_number key = key_of(written);
  if (key_space::is_private(key)) at(key).due = {holding::certainty::value, written};
  return {.key = key, .written = written};
}

provenance ledger::preload(key_number key) {
  preloaded_ = true;
  const write_id written{.writer = write_id::preloader, .sequence = 0};
  if (key_space::is_private(key)) at(key).due = {holding::certainty::value, written};
  return {.key = key, .written = written};
}

void ledger::erased(key_number key) {
  if (key_space::is_private(key)) at(key).due = {holding::certainty::nothing, {}};
}

bool ledger::happened(const provenance& what) const {
  const auto [writer, sequence] = what.written;
  if (writer == write_id::preloader) {
    return preloaded_ && sequence == 0 && what.key < values_.size();
  }
  return writer < writes_.size() && sequence < writes_[writer] && key_of(what.written) == what.key;
}

key_number ledger::key_of(write_id written) const {
  random_stream draws(seed_ ^ (std::uint64_t{written.writer} + 1) * 0xd1342543de82ef95U ^
                      written.sequence * 0x2545f4914f6cdd1dU);
  return values_.pick(written.writer, draws.next());
}

}  // namespace dovetail::sim::load
