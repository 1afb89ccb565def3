// The file that tells others which process is the running one.

#pragma once

#include <expected>
#include <memory>
#include <string>

namespace dovetail {

// The process id in decimal, without a line end, as twemproxy writes it. At its end the file is
// removed, unless another process has put its own id there.
class pid_file {
 public:
  // Creates or overwrites the file, mode 0644.
  static std::expected<std::unique_ptr<pid_file>, std::string> create(std::string path);

  // The process that the file names; an error where it cannot be read, or names none.
  static std::expected<int, std::string> read(const std::string& path);

  ~pid_file();
  pid_file(const pid_file&) = delete;
  pid_file& operator=(const pid_file&) = delete;

 private:
  explicit pid_file(std::string path);

  const std::string path_;
};

}  // namespace dovetail
