// How one server feels: failures → ejection → back by time.
//
//     live ── server_failure_limit failures ──▶ ejected ── server_retry_timeout ──▶ live

#pragma once

#include <optional>

#include "base/time.h"

namespace dovetail {

class health {
 public:
  // One failure: of a connection, whatever waited on it. Returns true when that was the last
  // straw; the server is then out until now + retry_after. A limit below 1 counts as 1. While it
  // is out, what else it owed fails too: that says nothing new and does not keep it out longer.
  bool failed(instant now, int failure_limit, duration retry_after);

  // An answer makes up for the failures so far. It does not bring an ejected server back.
  void answered() { failures_ = 0; }

  bool live(instant now) const { return !ejected_until_ || now >= *ejected_until_; }

  // The end of the latest ejection, which may be over.
  std::optional<instant> ejected_until() const { return ejected_until_; }

 private:
  int failures_ = 0;
  std::optional<instant> ejected_until_;
};

}  // namespace dovetail
