#include "protocol/redis/join.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "buffer/outbox.h"
#include "message/split_request.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/replies.h"
#include "protocol/redis/scan.h"

namespace dovetail::redis {
namespace {

// The number on the line that begins at `at`, and where the next line does.
struct header {
  std::int64_t number;
  std::size_t end;
};

header header_at(std::string_view bytes, std::size_t at) {
  const std::size_t end = bytes.find('\r', at);
  DOVETAIL_CHECK(end != std::string_view::npos);
  const std::optional<std::int64_t> number =
      parse_signed_strict(bytes.substr(at + 1, end - at - 1));
  DOVETAIL_CHECK(number.has_value());
  return {*number, end + 2};
}

// Where the element of a well-formed reply ends that begins at `at`.
std::size_t element_end(std::string_view bytes, std::size_t at) {
  for (std::int64_t left = 1; left > 0; --left) {
    if (bytes[at] == '+' || bytes[at] == '-' || bytes[at] == ':') {
      at = bytes.find('\n', at) + 1;
      continue;
    }
    const header line = header_at(bytes, at);
    const bool array = bytes[at] == '*';
    at = line.end;
    if (line.number < 0) continue;
    if (array) {
      left += line.number;
    } else {
      at += static_cast<std::size_t>(line.number) + 2;
    }
  }
  return at;
}

// Where the next element of each part begins that has not failed. Few parts, which is to say
// servers, need no allocation.
class cursors {
 public:
  explicit cursors(const split_request& of)
      : many_(of.parts.size() > few_.size() ? of.parts.size() : 0) {
    at_ = many_.empty() ? std::span(few_) : std::span(many_);
    for (std::size_t part = 0; part < of.parts.size(); ++part) {
      at_[part] = of.parts[part].failed ? 0 : header_at(of.parts[part].reply.view(), 0).end;
    }
  }
  cursors(const cursors&) = delete;
  cursors& operator=(const cursors&) = delete;

  std::size_t& operator[](std::size_t part) { return at_[part]; }

 private:
  std::array<std::size_t, 64> few_{};
  std::vector<std::size_t> many_;
  std::span<std::size_t> at_;
};

void append_header(std::size_t elements, outbox& out) {
  std::string line;
  append_array_header(line, elements);
  out.append(std::string_view(line));
}

void join_arrays(const split_request& split, outbox& out) {
  append_header(split.part_of_key.size(), out);
  cursors next(split);
  for (const std::uint32_t part : split.part_of_key) {
    const slice& reply = split.parts[part].reply;
    if (split.parts[part].failed) {
      out.append(reply);
      continue;
    }
    const std::size_t from = next[part];
    DOVETAIL_CHECK(from < reply.size());
    next[part] = element_end(reply.view(), from);
    out.append(reply.sub(from, next[part] - from));
  }
}

void join_concatenated(const split_request& split, outbox& out) {
  std::size_t elements = 0;
  for (const split_request::part& part : split.parts)
    elements += static_cast<std::size_t>(header_at(part.reply.view(), 0).number);
  append_header(elements, out);
  for (const split_request::part& part : split.parts) {
    const std::size_t from = header_at(part.reply.view(), 0).end;
    out.append(part.reply.sub(from, part.reply.size() - from));
  }
}

// Servers may say what they like: unsigned numbers may wrap around.
void join_sums(const split_request& split, outbox& out) {
  std::uint64_t sum = 0;
  for (const split_request::part& part : split.parts)
    sum += static_cast<std::uint64_t>(header_at(part.reply.view(), 0).number);
  std::string line;
  append_integer(line, static_cast<std::int64_t>(sum));
  out.append(std::string_view(line));
}

void join_same(const split_request& split, outbox& out) {
  const slice& first = split.parts.front().reply;
  for (const split_request::part& part : split.parts) {
    if (part.reply.view() != first.view()) {
      return out.append("-ERR the answers of the servers differ\r\n");
    }
  }
  out.append(first);
}

// All replies have as many elements as were asked about.
void join_both(const split_request& split, outbox& out) {
  cursors next(split);
  const auto elements = header_at(split.parts.front().reply.view(), 0).number;
  append_header(static_cast<std::size_t>(elements), out);
  for (std::int64_t left = elements; left > 0; --left) {
    bool all = true;
    for (std::size_t part = 0; part < split.parts.size(); ++part) {
      const std::string_view reply = split.parts[part].reply.view();
      const std::size_t from = next[part];
      next[part] = element_end(reply, from);
      all &= reply.substr(from, next[part] - from) == ":1\r\n";
    }
    out.append(all ? ":1\r\n" : ":0\r\n");
  }
}

void join_oks(const split_request&, outbox& out) {
  out.append("+OK\r\n");
}

}  // namespace

split_request::join_function join_of(join_kind how) {
  switch (how) {
    case join_kind::array:
      return &join_arrays;
    case join_kind::sum:
      return &join_sums;
    case join_kind::ok:
      return &join_oks;
    case join_kind::concat:
      return &join_concatenated;
    case join_kind::same:
      return &join_same;
    case join_kind::both:
      return &join_both;
    case join_kind::page:
      return &join_page;
    case join_kind::none:
      break;
  }
  return nullptr;
}

}  // namespace dovetail::redis
