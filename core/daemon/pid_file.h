// The file that tells others which process is the running one.

#pragma once

#include <expected>
#include <memory>
#include <string>

namespace dovetail {

// The process id in decimal, without a line end, as twemproxy writes it. Locked (fcntl(2)) as long
// as it exists: what a process that died has left is nobody's, whatever id it names. At its end the
// file is removed, unless something else stands there by then.
class pid_file {
 public:
  // Creates the file, mode 0644, or takes over one that nobody holds. An error where it cannot be
  // written, or a live process holds it.
  static std::expected<std::unique_ptr<pid_file>, std::string> create(const std::string& path);

  // The live process that holds the file; an error that says which of these it is where the file
  // cannot be read, names no process, or is held by nobody.
  static std::expected<int, std::string> holder(const std::string& path);

  ~pid_file();
  pid_file(const pid_file&) = delete;
  pid_file& operator=(const pid_file&) = delete;

 private:
  pid_file(std::string path, int file);

  const std::string path_;
  const int file_;        // its own
  bool written_ = false;  // and therefore held
};

}  // namespace dovetail
