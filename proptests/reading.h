// What a parser makes of a stream, copied out of it: two readings of the same bytes can be
// compared.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/protocol.h"

namespace dovetail::proptests {

struct read_request {
  std::uint16_t command = 0;
  std::string bytes;
  std::vector<std::string> arguments;
  std::vector<std::string> keys;
  std::string refusal;
  bool canonical = true;
  bool reply_wanted = true;
  std::size_t end = 0;  // in the stream

  bool operator==(const read_request&) const = default;
};

struct read_response {
  std::uint32_t shape = 0;
  std::int64_t count = 0;
  std::string bytes;
  std::string relayed;
  std::vector<std::string> echoes;
  std::size_t end = 0;  // in the stream

  bool operator==(const read_response&) const = default;
};

// Of a whole stream. Equal for equal streams, however they are cut.
template <class Message>
struct reading {
  std::vector<Message> messages;
  bool malformed = false;
  std::string error;       // why, to a client
  std::string unread;      // of a message that is not whole
  std::size_t passed = 0;  // bytes of such a message that are not kept

  bool operator==(const reading&) const = default;
};

// How much of the stream had come when it was refused, or nothing.
using moment = std::optional<std::size_t>;

// The sizes of the pieces that a stream comes in; what is behind the last one comes as one.
using pieces = std::vector<std::size_t>;

inline pieces byte_by_byte(std::string_view stream) {
  return pieces(stream.size(), 1);
}

namespace detail {

inline std::vector<std::string> texts(std::string_view in, std::span<const extent> parts) {
  std::vector<std::string> all;
  all.reserve(parts.size());
  for (const extent each : parts)
    all.emplace_back(in.substr(each.offset, each.size));
  return all;
}

inline read_request copy(const request& found, std::string_view) {
  const std::string_view bytes = found.bytes.view();
  return {.command = found.command,
          .bytes = std::string(bytes),
          .arguments = texts(bytes, found.arguments),
          .keys = texts(bytes, found.keys),
          .refusal = std::string(found.refusal),
          .canonical = found.canonical,
          .reply_wanted = found.reply_wanted};
}

inline read_response copy(const response& found, std::string_view unread) {
  const std::string_view bytes = unread.substr(0, found.size);
  return {.shape = found.shape,
          .count = found.count,
          .bytes = std::string(bytes),
          .relayed = std::string(bytes.substr(found.relayed.offset, found.relayed.size)),
          .echoes = texts(bytes, found.echoes)};
}

inline std::size_t taken(const request& found) {
  return found.consumed;
}
inline std::size_t taken(const response& found) {
  return found.size;
}

inline std::string error_of(const request_parser& from) {
  return std::string(from.error());
}
inline std::string error_of(const response_parser&) {
  return {};
}

// One reading, going on.
template <class Message, class Parser, class Copy>
class reader {
 public:
  explicit reader(std::unique_ptr<Parser> parser) : parser_(std::move(parser)) {}
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  void take(std::string_view piece) {
    while (!piece.empty() && !result_.malformed) {
      const std::span<std::byte> room = in_.room();
      const std::size_t size = std::min(room.size(), piece.size());
      std::memcpy(room.data(), piece.data(), size);
      in_.fill(size);
      came_ += size;
      piece.remove_prefix(size);
      parse();
    }
  }

  reading<Copy> finish() {
    if (result_.malformed) return std::move(result_);
    const std::size_t end = result_.messages.empty() ? 0 : result_.messages.back().end;
    result_.unread = in_.unread();
    result_.passed = came_ - in_.size() - end;
    return std::move(result_);
  }

  moment refused_at() const { return result_.malformed ? moment(came_) : std::nullopt; }

 private:
  void parse() {
    while (!in_.empty()) {
      Message found;
      const parse_status status = parser_->parse(in_, found);
      if (status == parse_status::incomplete) return;
      if (status == parse_status::malformed) {
        result_.malformed = true;
        result_.error = error_of(*parser_);
        return;
      }
      result_.messages.push_back(copy(found, in_.unread()));
      in_.consume(taken(found));
      result_.messages.back().end = came_ - in_.size();
    }
  }

  block_pool blocks_{256};  // outlives the parser, which may keep a line
  std::unique_ptr<Parser> parser_;
  inbox in_{blocks_};
  reading<Copy> result_;
  std::size_t came_ = 0;
};

using request_reader = reader<request, request_parser, read_request>;
using response_reader = reader<response, response_parser, read_response>;

template <class Reader>
auto read(Reader reader, std::string_view stream, const pieces& cuts, moment* refused) {
  for (const std::size_t size : cuts) {
    reader.take(stream.substr(0, size));
    stream.remove_prefix(std::min(size, stream.size()));
  }
  reader.take(stream);
  if (refused != nullptr) *refused = reader.refused_at();
  return reader.finish();
}

}  // namespace detail

inline reading<read_request> read_requests(const protocol& speaks,
                                           std::string_view stream,
                                           const pieces& cuts = {},
                                           moment* refused = nullptr) {
  return detail::read(detail::request_reader(speaks.new_request_parser()), stream, cuts, refused);
}

inline reading<read_response> read_responses(const protocol& speaks,
                                             std::string_view stream,
                                             const pieces& cuts = {},
                                             moment* refused = nullptr) {
  return detail::read(detail::response_reader(speaks.new_response_parser()), stream, cuts, refused);
}

}  // namespace dovetail::proptests
