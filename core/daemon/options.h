// The command line: twemproxy's, letter for letter, and long options of our own.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

namespace dovetail {

enum class log_format : std::uint8_t {
  text,  // twemproxy's
  json,  // an object a line
};

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
  int workers = 0;                // 0: as the configuration says, else one for each processor
  std::chrono::milliseconds shutdown_timeout{5000};  // for clients to read their last replies
  log_format log_lines = log_format::text;
  std::string user = {};           // to become before serving; empty: stays who it is
  std::string diff_with = {};      // with -t: another configuration to compare with; empty: none
  std::size_t recorder_bytes = 0;  // of each worker's log of its run; 0: nothing is recorded
  std::string recordings = ".";    // folder that they are written to

  bool operator==(const options&) const = default;
};

// Arguments that are not options are refused, the last of several equal options counts. The error
// is one line without the program's name.
std::expected<options, std::string> parse_options(int argc, const char* const* argv);

// What --help prints, line end included.
std::string usage();

}  // namespace dovetail
