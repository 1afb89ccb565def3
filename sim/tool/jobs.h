// Several threads that do the same.

#pragma once

#include <functional>

namespace dovetail::sim {

// Calls `work` once on each of `jobs` threads (at least 1), and `watch` on this one every few
// milliseconds until all have returned.
void work_together(unsigned jobs,
                   const std::function<void()>& work,
                   const std::function<void()>& watch);

}  // namespace dovetail::sim
