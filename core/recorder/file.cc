#include "recorder/file.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <zlib.h>

#include <fmt/format.h>

namespace dovetail {
namespace {

constexpr std::string_view first_line = "dovetail recording 1\n";

constexpr char configuration_frame = 'C';
constexpr char log_frame = 'L';
constexpr char end_frame = 'E';

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

void write_frame(std::ostream& to, char kind, std::string_view bytes) {
  to << fmt::format("{} {:08x} {:08x} ", kind, bytes.size(), checksum(bytes)) << bytes << '\n';
}

struct frame {
  char kind = end_frame;
  std::string_view bytes;
};

class frame_reader {
 public:
  explicit frame_reader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t at() const { return at_; }

  std::expected<std::string_view, damage> line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) return fail("the file ends here");
    const std::string_view found = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return found;
  }

  std::expected<frame, damage> next() {
    constexpr std::size_t head_size = 20;
    const std::string_view head = bytes_.substr(at_, head_size);
    if (head.size() < head_size) return fail("the file ends here");
    const auto size = hexadecimal(head.substr(2, 8));
    const auto sum = hexadecimal(head.substr(11, 8));
    const bool framed = head[1] == ' ' && head[10] == ' ' && head[19] == ' ' && size && sum;
    if (!framed) return fail("there should be a frame's kind, size and checksum here");
    const std::string_view rest = bytes_.substr(at_ + head_size);
    if (rest.size() <= *size) return fail(fmt::format("the file ends within {} bytes", *size));
    const frame found{.kind = head.front(), .bytes = rest.substr(0, *size)};
    if (checksum(found.bytes) != *sum || rest[*size] != '\n') {
      return fail(fmt::format("{} bytes do not have the checksum {:08x}", *size, *sum));
    }
    at_ += head_size + *size + 1;
    return found;
  }

  std::unexpected<damage> fail(std::string why) const {
    return std::unexpected(damage{.at = at_, .why = std::move(why)});
  }

 private:
  static std::optional<std::uint32_t> hexadecimal(std::string_view digits) {
    std::uint32_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, wrong] = std::from_chars(digits.data(), end, number, 16);
    return wrong == std::errc() && stop == end ? std::optional(number) : std::nullopt;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

void write_recording(std::ostream& to,
                     const recording& what,
                     std::span<const std::string_view> chunks) {
  to << first_line;
  for (const auto& [name, value] : what.circumstances)
    to << name << ": " << value << '\n';
  to << '\n';
  write_frame(to, configuration_frame, what.configuration);
  for (const std::string_view each : chunks)
    write_frame(to, log_frame, each);
  write_frame(to, end_frame, {});
}

bool is_recording(std::string_view bytes) {
  return bytes.starts_with(first_line);
}

std::expected<read_recording, damage> parse_recording(std::string_view bytes) {
  frame_reader from(bytes);
  if (!is_recording(bytes)) {
    return from.fail("a recording begins with \"dovetail recording 1\"");
  }
  read_recording made;
  for (bool first = true;; first = false) {
    const std::size_t at = from.at();
    const auto line = from.line();
    if (!line) return std::unexpected(line.error());
    if (first) continue;
    if (line->empty()) break;
    const std::size_t colon = line->find(": ");
    if (colon == std::string_view::npos) {
      return std::unexpected(
          damage{.at = at, .why = "there should be a name, a colon and a value"});
    }
    made.what.circumstances.emplace_back(line->substr(0, colon), line->substr(colon + 2));
  }
  const std::size_t at = from.at();
  const auto configuration = from.next();
  if (!configuration) return std::unexpected(configuration.error());
  if (configuration->kind != configuration_frame) {
    return std::unexpected(damage{.at = at, .why = "the configuration should be here"});
  }
  made.what.configuration = configuration->bytes;
  for (;;) {
    const std::size_t begin = from.at();
    const auto found = from.next();
    if (!found) {
      made.damaged.push_back(found.error());
      return made;
    }
    if (found->kind == end_frame && from.at() == bytes.size()) return made;
    if (found->kind != log_frame) {
      made.damaged.push_back({.at = begin, .why = "there should be a part of the log here"});
      return made;
    }
    made.what.chunks.emplace_back(found->bytes);
  }
}

}  // namespace dovetail
