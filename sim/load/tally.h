// What a load has seen so far.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "sim/load/latency_histogram.h"
#include "sim/load/mix.h"

namespace dovetail::sim::load {

struct tally {
  std::uint64_t requests = 0;  // answered, and not with an error
  std::array<std::uint64_t, load_ops.size()> of_op{};
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t disordered = 0;
  latency_histogram took;  // of requests

  // Everything below is an error.
  std::uint64_t refused = 0;     // error replies
  std::uint64_t lost = 0;        // written, not deleted, and yet not there
  std::uint64_t unanswered = 0;  // requests whose connection ended, or that took too long
  std::uint64_t ended = 0;       // connections that ended or did not come about
  std::map<std::string, std::uint64_t, std::less<>> texts;  // why, and how often

  std::uint64_t errors() const { return refused + lost + unanswered + ended; }

  // Keeps a bounded number of texts apart.
  void note(std::string_view text) {
    constexpr std::size_t texts_max = 50;
    constexpr std::size_t bytes_max = 200;
    text = text.substr(0, bytes_max);
    auto at = texts.find(text);
    if (at == texts.end()) {
      at = texts.try_emplace(texts.size() < texts_max ? std::string(text) : "others").first;
    }
    ++at->second;
  }

  // What is no error.
  void forget_requests() {
    requests = hits = misses = disordered = 0;
    of_op = {};
    took = {};
  }

  void count(load_op what) {
    ++requests;
    ++of_op[static_cast<std::size_t>(std::to_underlying(what))];
  }
};

}  // namespace dovetail::sim::load
