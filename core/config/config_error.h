// What is wrong with a configuration file, and where.

#pragma once

#include <string>
#include <vector>

namespace dovetail {

// Line and column count from one, columns in bytes; zero: nowhere in particular.
struct position {
  int line = 0;
  int column = 0;

  auto operator<=>(const position&) const = default;
};

struct config_error {
  std::string file;
  position at;
  std::string pool;  // empty: not about one pool
  std::string key;   // empty: not about one key
  std::string reason;
};

// `file:line:column: pool "x": key "y": reason`, without what is not known.
std::string to_string(const config_error& error);

// Collects the errors of one file.
class error_list {
 public:
  explicit error_list(std::string file) : file_(std::move(file)) {}

  void add(position at, std::string pool, std::string key, std::string reason);

  // Whether something was already said about this key of this pool.
  bool has(const std::string& pool, const std::string& key) const;

  bool empty() const { return errors_.empty(); }

  // The errors in the order of the file; the list is empty afterwards.
  std::vector<config_error> take();

 private:
  std::string file_;
  std::vector<config_error> errors_;  // by position, then in the order they came
};

}  // namespace dovetail
