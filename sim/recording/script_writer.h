// A script of fixtures/scenarios, made of what clients and servers did.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/config.h"
#include "sim/recording/peer_events.h"

namespace dovetail::sim {

class script_writer {
 public:
  // Both outlive it.
  script_writer(const pool_config& of, const peer_event_reader& from);

  std::size_t clients() const { return asked_.size(); }  // that asked something
  std::size_t requests() const { return requests_; }
  std::size_t steps() const { return steps_.size(); }
  std::size_t left_out() const { return left_out_.size(); }

  // Step number `step`, from 0, becomes a comment.
  void leave_out(std::size_t step);

  std::string text() const;

 private:
  struct made_step {
    std::uint64_t event = 0;  // of the recording
    instant at{};
    std::string text;
  };

  static std::string place_of(const made_step& of);
  std::string surroundings() const;
  void add(const peer_event& what);
  void add_before(std::uint64_t event, instant at, std::string text);
  void pass_time(const peer_event& to);

  const pool_config& pool_;
  const peer_event_reader& from_;
  std::map<std::uint32_t, std::vector<std::string>> asked_;  // by client
  std::map<std::uint32_t, std::string> names_;               // likewise
  std::vector<std::uint32_t> in_order_;                      // clients
  std::size_t requests_ = 0;
  std::vector<made_step> steps_;     // by their events
  std::vector<made_step> left_out_;  // as they were found
  std::optional<instant> passed_to_;
  std::map<std::uint32_t, bool> refused_;  // servers
  bool connects_ = false;
};

}  // namespace dovetail::sim
