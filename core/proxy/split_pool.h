// Spare split_requests, so that splitting allocates nothing once it has been done a few times.

#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "message/split_request.h"

namespace dovetail {

class split_pool {
 public:
  std::unique_ptr<split_request> get() {
    if (spare_.empty()) return std::make_unique<split_request>();
    auto taken = std::move(spare_.back());
    spare_.pop_back();
    return taken;
  }

  // Keeps it for reuse unless it has grown unusually large.
  void put(std::unique_ptr<split_request> done) {
    if (spare_.size() >= spare_max || done->part_of_key.capacity() > keys_max) return;
    done->clear();
    spare_.push_back(std::move(done));
  }

 private:
  static constexpr std::size_t spare_max = 1024;
  static constexpr std::size_t keys_max = 1024;

  std::vector<std::unique_ptr<split_request>> spare_;
};

}  // namespace dovetail
