// The one question of a simulated run: which of these?
//
// Whatever could go either way in the world (what happens next, how much a read brings, whether a
// fault strikes) asks a chooser. Random search, exhaustive search, replay, shrinking and fuzzing
// are choosers; the world does not know which one it has.

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dovetail::sim {

// Something that may happen next, as a value that means the same in every run of a scenario: a
// trace that was recorded before a change of the code still makes sense after it.
struct happening {
  enum class kind : std::uint8_t {
    turn_end,   // of host `whom`
    accept,     // by the listener of link `whom`
    connected,  // link `whom`, or its attempt has failed
    readable,   // end `side` of link `whom` is told
    writable,   // likewise
    both,       // likewise, of both at once
    wake,       // of host `whom`, whose moment has come
    leap,       // time goes on to when host `whom` wants to be woken, whatever else might happen
    fault,      // `detail` says which; see sim/world
  };

  kind what = kind::turn_end;
  std::uint8_t side = 0;     // of a link: 0 connected it, 1 accepted it
  std::uint16_t detail = 0;  // of a fault
  std::uint32_t whom = 0;

  auto operator<=>(const happening&) const = default;
};

// What a choice among numbers is about. Zero is the dull one everywhere: all bytes, no fault.
enum class site : std::uint8_t {
  read_size,   // how much a read brings
  write_size,  // how much a write takes
  outcome,     // which of several things that a network may do
  behaviour,   // what a model server does with a request
};

class chooser {
 public:
  virtual ~chooser() = default;

  // The index of what happens next; never called with nothing. The first is the dull one.
  virtual std::size_t pick(std::span<const happening> possible) = 0;

  // In [0, n); n is at least 2.
  virtual std::uint32_t choose(std::uint32_t n, site about) = 0;
};

// Everything whole, in order, without a fault.
class dull_chooser final : public chooser {
 public:
  std::size_t pick(std::span<const happening>) override { return 0; }
  std::uint32_t choose(std::uint32_t, site) override { return 0; }
};

}  // namespace dovetail::sim
