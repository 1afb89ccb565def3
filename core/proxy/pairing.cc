#include "proxy/pairing.h"

#include <cstddef>
#include <optional>

#include "base/time.h"

namespace dovetail {

awaited awaiting::pop() {
  echoes_.drop(front().expected.echo_size);
  notes_.drop(front().note_size);
  if (abandoned_ > 0) --abandoned_;
  if (written_ > 0) --written_;
  return requests_.pop();
}

std::optional<ticket> awaiting::expire(instant now) {
  const auto due = next_deadline();
  if (!due || now < *due) return std::nullopt;
  return requests_[abandoned_++].owner;
}

void awaiting::expect_by(std::optional<instant> deadline) {
  for (std::size_t at = abandoned_; at < requests_.size(); ++at)
    requests_[at].deadline = deadline;
}

std::optional<instant> awaiting::next_deadline() const {
  return abandoned_ < requests_.size() ? requests_[abandoned_].deadline : std::nullopt;
}

std::optional<instant> awaiting::overdue_since() const {
  return abandoned_ > 0 ? front().deadline : std::nullopt;
}

}  // namespace dovetail
