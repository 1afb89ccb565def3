// The file that a unix listener is found by.

#pragma once

#include <string>
#include <system_error>

#include <sys/types.h>

namespace dovetail {

// Removes its file at the end, unless another listener has replaced it by then.
class unix_file {
 public:
  // Makes way for a listener at `path`: removes the file of a socket that refuses connections, as
  // nobody listens there any more, and nothing else. What stands in the way still is bind's to
  // report. Of two processes that do this in the same instant one may remove the other's.
  explicit unix_file(std::string path);
  ~unix_file();
  unix_file(const unix_file&) = delete;
  unix_file& operator=(const unix_file&) = delete;

  // Binding creates the file with the mode of the descriptor less the umask: never more than
  // `permissions`. With 0 the mode stays the system's.
  static std::error_code restrict_before_bind(int descriptor, unsigned permissions);

  // Gives back what the umask took. Until listen is called, nobody can connect.
  std::error_code adopt_after_bind(unsigned permissions);

 private:
  const std::string path_;
  dev_t device_ = 0;
  ino_t number_ = 0;  // 0: not ours yet
};

}  // namespace dovetail
