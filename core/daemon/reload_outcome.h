// What became of a `dovetail --reload`: the daemon tells the process that the signal came from.
//
//     --reload ── listens, sends SIGHUP ──▶ the daemon reads its file
//        ▲                                     │
//        └── which file, what is wrong with it ┘
//
// They meet at a name in the abstract namespace of unix sockets, which leaves no file behind and
// asks for no permission. Each end holds the other's process id, as the kernel knows it, against
// the one that it expects.

#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dovetail {

struct reload_outcome {
  std::string config_file;          // that was read; absolute
  std::vector<std::string> errors;  // why nothing has changed; empty: the configuration is in force

  bool operator==(const reload_outcome&) const = default;
};

// Does not wait. Without effect where the process does not listen, as kill(1) does not.
void tell_outcome(int to_process, const reload_outcome& what);

class outcome_listener {
 public:
  // From here on this process can be told. One at a time.
  static std::expected<std::unique_ptr<outcome_listener>, std::string> open();
  ~outcome_listener();
  outcome_listener(const outcome_listener&) = delete;
  outcome_listener& operator=(const outcome_listener&) = delete;

  // What that process has told; nothing when it has not in that time.
  std::optional<reload_outcome> wait(int for_process, std::chrono::milliseconds at_most) const;

 private:
  explicit outcome_listener(int descriptor) : descriptor_(descriptor) {}

  const int descriptor_;
};

}  // namespace dovetail
