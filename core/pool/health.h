// How one server feels: failures → out → one probe decides.
//
//     live ── server_failure_limit failures ──▶ out ── server_retry_timeout ──▶ probed
//       ▲                                        ▲                                │ │
//       │                                        └────── failure, time-out ───────┘ │
//       └──────────────────────────────── answer ───────────────────────────────────┘

#pragma once

#include <optional>

#include "base/time.h"

namespace dovetail {

class health {
 public:
  // One failure: of a connection, whatever waited on it. Returns true when that was the last
  // straw; the server is then out, and to be probed from now + retry_after on. A limit below 1
  // counts as 1. While it is out, what else it owed fails too: that says nothing new and does not
  // keep it out longer.
  bool failed(instant now, int failure_limit, duration retry_after);

  // An answer makes up for the failures so far. It does not bring a server back that is out.
  void answered() { failures_ = 0; }

  bool live() const { return !out_; }

  // When a server that is out is to be probed; nothing while it is live, or probed already.
  std::optional<instant> probe_due() const { return probe_due_; }

  // It is being probed: one of the next two follows.
  void probed() { probe_due_.reset(); }
  void probe_answered() { *this = health(); }
  void probe_failed(instant now, duration retry_after) {
    if (out_) probe_due_ = now + retry_after;  // not after a reload that ejects nobody
  }

  // In a row, since the last answer.
  int failures() const { return failures_; }

 private:
  int failures_ = 0;
  bool out_ = false;
  std::optional<instant> probe_due_;
};

}  // namespace dovetail
