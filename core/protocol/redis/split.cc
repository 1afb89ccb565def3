#include "protocol/redis/split.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "protocol/redis/commands.h"

namespace dovetail::redis {

void append_header(outbox& out, char type, std::uint64_t number) {
  std::array<char, 24> line{};
  const decimal digits = decimal::of(number);
  const std::string_view text = digits.text();
  line[0] = type;
  text.copy(line.data() + 1, text.size());
  line[text.size() + 1] = '\r';
  line[text.size() + 2] = '\n';
  out.append(std::string_view(line.data(), text.size() + 3));
}

void append_argument(const request& asked, extent argument, outbox& out) {
  append_header(out, '$', argument.size);
  out.append(asked.bytes.sub(argument.offset, argument.size));
  out.append("\r\n");
}

void write_request(const request& asked, outbox& out) {
  if (asked.canonical) return out.append(asked.bytes);
  append_header(out, '*', asked.arguments.size());
  for (const extent argument : asked.arguments)
    append_argument(asked, argument, out);
}

void write_request_part(const request& asked, std::span<const std::uint32_t> keys, outbox& out) {
  const split_kind split = commands()[asked.command].split;
  DOVETAIL_CHECK(split != split_kind::none);
  const std::size_t step = split == split_kind::pairs ? 2 : 1;
  append_header(out, '*', 1 + keys.size() * step);
  append_argument(asked, asked.arguments[0], out);
  for (const std::uint32_t key : keys) {
    for (std::size_t at = 0; at < step; ++at) {
      append_argument(asked, asked.arguments[1 + key * step + at], out);
    }
  }
}

}  // namespace dovetail::redis
