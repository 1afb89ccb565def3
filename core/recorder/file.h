// A log on the disk.
//
//     dovetail recording 1
//     block_size: 16320
//     …                            the rest of proxy/options_text.h
//     version: 0.1.0
//                                  an empty line, then frames: kind, size, checksum, bytes
//     C 00000123 89abcdef …        the configuration, as YAML
//     L 000fffff 01234567 …        a chunk of the log, each with its own
//     E 00000000 00000000          the end

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dovetail {

// What was recorded, and under which circumstances. Owns all its bytes.
struct recording {
  // What its proxy was made with, in this order: names and values of one line, without control
  // characters. Who reads it knows which there are (sim/recording).
  std::vector<std::pair<std::string, std::string>> circumstances;
  std::string configuration;        // a configuration file's text
  std::vector<std::string> chunks;  // of a flight_log
};

// Writes it; `chunks` are written instead of its own. Whether that worked, the stream says.
void write_recording(std::ostream& to,
                     const recording& what,
                     std::span<const std::string_view> chunks);

// Whether the bytes begin as a recording does.
bool is_recording(std::string_view bytes);

// Where the bytes stop being a recording, and why.
struct damage {
  std::size_t at = 0;  // byte of the file
  std::string why;
};

// What could be read of a damaged file, up to the last frame that is whole.
struct read_recording {
  recording what;
  std::vector<damage> damaged;  // none, or one
};

// Fails where not even head and configuration can be read.
std::expected<read_recording, damage> parse_recording(std::string_view bytes);

}  // namespace dovetail
