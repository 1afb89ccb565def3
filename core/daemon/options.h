// The command line: twemproxy's, letter for letter, --workers and --reload.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

namespace dovetail {

struct options {
  bool help = false;
  bool version = false;
  bool test_config = false;
  bool reload = false;
  bool daemonize = false;
  bool describe_stats = false;
  int verbosity = 5;   // 0 to 11
  std::string output;  // of the log; empty: stderr
  std::string config_file = "conf/nutcracker.yml";
  std::uint16_t stats_port = 22222;
  std::string stats_address = "0.0.0.0";
  int stats_interval_ms = 30000;  // without effect: the statistics are always those of now
  std::string pid_file;           // empty: none
  std::size_t mbuf_size = 16384;  // bytes
  int workers = 1;

  bool operator==(const options&) const = default;
};

// Arguments that are not options are ignored, the last of several equal options counts. The error
// is one line without the program's name.
std::expected<options, std::string> parse_options(int argc, const char* const* argv);

// What --help prints, line end included.
std::string usage();

}  // namespace dovetail
