// modula: the hash modulo the weights, laid end to end in the order of the servers.
//
//     weights 3, 1, 2:   A A A B C C     hash % 6

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "route/distribution.h"

namespace dovetail {

// Picks as twemproxy's nc_modula.c, which lists each server `weight` times; here only the ends of
// the stretches are kept, and a weight of a million costs no more than a weight of one.
class modula : public distribution {
 public:
  void rebuild(std::span<const place> places) override;
  std::uint32_t pick(std::uint32_t hash) override;

 private:
  struct stretch {
    std::uint64_t end;  // one past the last remainder that is this server's
    std::uint32_t server;
  };

  std::vector<stretch> stretches_;  // by end
};

}  // namespace dovetail
