// One line on a terminal that says how far a long command is.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace dovetail::sim {

class progress {
 public:
  using clock = std::chrono::steady_clock;

  // Quiet unless standard error is a terminal.
  explicit progress(std::string unit);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  // How much is done; `share` of all of it, if that is known, in [0, 1]. Writes a few times a
  // second.
  void show(std::uint64_t done, std::optional<double> share);

  double seconds() const;

 private:
  const std::string unit_;
  const bool shows_;
  const clock::time_point began_ = clock::now();
  clock::time_point next_ = began_;
  bool written_ = false;
};

}  // namespace dovetail::sim
