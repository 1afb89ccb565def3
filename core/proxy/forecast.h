// How many bytes a client's unanswered requests will bring.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"

namespace dovetail {

// Nobody knows the size of a response before it comes, so this is a guess, drawn from those that
// came. It jumps to the largest and goes a sixteenth of the way towards each smaller one:
//
//     guess   unknown ──first──▶ 1M ──small ones──▶ 960K ▶ 900K ▶ … ▶ cautious ─ ─▶ … ▶ small
//                                                    after 16: 373K   after 64: 17K
//
// Below `cautious` it goes only for a client that has many responses coming at once, in the round
// of requests that is being answered: nobody else needs it, and the next round may be for something
// large.
class forecast {
 public:
  struct assumptions {
    std::size_t unknown;   // bytes of a response, until the first one has come
    std::size_t cautious;  // afterwards
    std::size_t many;      // responses
  };

  explicit forecast(const assumptions& of) : assumed_(of), guess_(of.unknown) {}

  // Requests come after a pause: if nothing is coming any more, they begin a new round.
  void begin() {
    if (coming_ == 0) most_ = 0;
  }

  void asked(std::size_t responses) {
    coming_ += responses;
    most_ = std::max(most_, coming_);
  }

  // One of them is here.
  void came(std::size_t bytes) {
    if (!known_) guess_ = assumed_.cautious;
    known_ = true;
    guess_ = bytes >= guess_ ? bytes : guess_ - (guess_ - bytes) / 16;
    if (most_ < assumed_.many) guess_ = std::max(guess_, assumed_.cautious);
    gone();
  }

  // One of them is settled and says nothing about the others: an error, or lost for ever.
  void gone() {
    DOVETAIL_CHECK(coming_ > 0);
    --coming_;
  }

  std::uint64_t bytes() const { return coming_ * guess_; }

  // For who only looks: all that it goes by.
  struct basis {
    std::size_t guess;
    bool known;
    std::uint64_t coming;
    std::uint64_t most;
  };
  basis looks() const { return {guess_, known_, coming_, most_}; }

 private:
  assumptions assumed_;
  std::size_t guess_;         // bytes of the next response
  bool known_ = false;        // one has come
  std::uint64_t coming_ = 0;  // responses
  std::uint64_t most_ = 0;    // that were coming at once in this round
};

}  // namespace dovetail
