// Into the background (--daemonize).
//
//     shell ── fork ─▶ leader of a new session ── fork ─▶ the daemon, no terminal
//       ▲                                                    │
//       └──────────── exits 0 at ready(), else 1 ◀───────────┘

#pragma once

#include <expected>
#include <memory>
#include <string>

namespace dovetail {

// The process that the shell waits for stays until the daemon serves or has given up, so that a
// failing start is seen: its exit status is the daemon's, and errors still reach the terminal.
class background {
 public:
  // Returns in the daemon: umask 0, working directory as it was (core files go there). To be called
  // before the first thread.
  static std::expected<std::unique_ptr<background>, std::string> enter();
  ~background();
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  // The daemon serves: the shell is let go, and stdin, stdout and stderr become /dev/null.
  void ready();

 private:
  explicit background(int to_shell) : to_shell_(to_shell) {}

  int to_shell_;  // a pipe; its end without a byte is a failure
};

}  // namespace dovetail
