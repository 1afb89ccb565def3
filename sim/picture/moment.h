// What is in a world's queues at a moment.

#pragma once

#include <utility>
#include <vector>

#include "base/token.h"
#include "sim/picture/frame.h"
#include "sim/trace/link_names.h"
#include "sim/world/world.h"

namespace dovetail::sim {

class moment_reader {
 public:
  // `of` outlives the reader.
  explicit moment_reader(const world& of) : of_(&of) {}

  // Fills in everything that holds afterwards.
  void read(frame& into, const link_names& names);

 private:
  void read_clients(frame& into);
  void read_windows(frame& into);
  void read_lines(frame& into, const link_names& names);
  std::string request_name(token client, std::uint32_t sequence) const;

  const world* of_;
  std::vector<std::pair<token, std::uint32_t>>
      known_;  // the proxy's clients, by the scene's numbers
};

}  // namespace dovetail::sim
