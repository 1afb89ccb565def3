// What the tests of this folder share: parsers fed in pieces, and a real redis-server.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "protocol/protocol.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/redis.h"

namespace dovetail::redis {

// What an outbox holds, and it is emptied.
inline std::string drain(outbox& from) {
  std::string text;
  while (!from.empty()) {
    std::array<std::span<const std::byte>, 16> pieces;
    const std::size_t count = from.gather(pieces);
    std::size_t size = 0;
    for (std::size_t at = 0; at < count; ++at) {
      text.append(reinterpret_cast<const char*>(pieces[at].data()), pieces[at].size());
      size += pieces[at].size();
    }
    from.drop(size);
  }
  return text;
}

// Writes `bytes` into `to`, `visit` after each read.
template <class Visit>
void deliver(inbox& to, std::string_view bytes, Visit visit) {
  while (!bytes.empty()) {
    const auto room = to.room();
    const std::size_t taken = std::min(room.size(), bytes.size());
    bytes.copy(reinterpret_cast<char*>(room.data()), taken);
    to.fill(taken);
    bytes.remove_prefix(taken);
    visit();
  }
}

// "*2\r\n$3\r\nGET\r\n$1\r\na\r\n" of {"GET", "a"}.
inline std::string resp(const std::vector<std::string>& words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return out;
}

// "get a b" → {"get", "a", "b"}; "''" is an empty word.
inline std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    if (!word.empty()) words.emplace_back(word == "''" ? "" : word);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

// One request, copied out of a parser.
struct seen_request {
  std::vector<std::string> arguments;
  std::vector<std::string> keys;
  std::string bytes;
  std::size_t consumed = 0;
  std::string_view command;
  bool canonical = true;
  std::string refusal;

  bool operator==(const seen_request&) const = default;
};

inline seen_request seen(const request& found) {
  seen_request copy{.arguments = {},
                    .keys = {},
                    .bytes = std::string(found.bytes.view()),
                    .consumed = found.consumed,
                    .command = commands()[found.command].name,
                    .canonical = found.canonical,
                    .refusal = std::string(found.refusal)};
  for (const extent each : found.arguments)
    copy.arguments.emplace_back(found.text(each));
  for (const extent each : found.keys)
    copy.keys.emplace_back(found.text(each));
  return copy;
}

inline std::ostream& operator<<(std::ostream& out, const seen_request& shown) {
  out << shown.command << "(";
  for (const std::string& each : shown.arguments)
    out << each << ' ';
  return out << ") consumed " << shown.consumed << (shown.canonical ? "" : ", not canonical");
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

// The files of a folder of fixtures, in the order of their names.
inline std::vector<std::filesystem::path> fixture_files(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path root = std::filesystem::path(DOVETAIL_FIXTURES) / "redis" / folder;
  for (const auto& entry : std::filesystem::directory_iterator(root))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty()) << root;
  return files;
}

// A request and the parser that its arguments point into.
class parsed_request {
 public:
  explicit parsed_request(std::string_view bytes) {
    parse_status status = parse_status::incomplete;
    deliver(in_, bytes, [&] {
      if (status == parse_status::incomplete) status = parser_->parse(in_, found_);
    });
    EXPECT_EQ(status, parse_status::complete) << bytes;
    EXPECT_EQ(found_.consumed, bytes.size()) << bytes;
  }
  parsed_request(const parsed_request&) = delete;
  parsed_request& operator=(const parsed_request&) = delete;

  const request& operator*() const { return found_; }
  const request* operator->() const { return &found_; }
  block_pool& pool() { return pool_; }

 private:
  block_pool pool_;
  inbox in_{pool_};
  std::unique_ptr<dovetail::request_parser> parser_ = make_protocol({})->new_request_parser();
  request found_;
};

}  // namespace dovetail::redis
