#include "sim/tool/jobs.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace dovetail::sim {

void work_together(unsigned jobs,
                   const std::function<void()>& work,
                   const std::function<void()>& watch) {
  std::atomic<unsigned> working = jobs;
  std::vector<std::jthread> threads;
  threads.reserve(jobs);
  for (unsigned job = 0; job < jobs; ++job) {
    threads.emplace_back([&] {
      work();
      --working;
    });
  }
  while (working > 0) {
    watch();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace dovetail::sim
