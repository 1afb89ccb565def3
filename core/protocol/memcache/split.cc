#include "protocol/memcache/split.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "base/text.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/words.h"

namespace dovetail::memcache {
namespace {

bool is_number(field what) {
  return what != field::none && what != field::key && what != field::keys && what != field::topic;
}

// Words from the name on, up to the last fixed field.
void write_fields(const request& asked, outbox& out) {
  const command& row = command_of(asked);
  out.append(row.name);
  const std::size_t last = std::min(row.fields.size(), asked.arguments.size() - 1);
  for (std::size_t at = 1; at <= last; ++at) {
    const field what = row.fields[at - 1];
    if (what == field::keys) return;
    out.append(" ");
    if (is_number(what)) {
      write_shortest(asked.argument(at), out);
    } else {
      out.append(asked.argument(at));
    }
  }
}

// With the space before it, which stands before every word but the first.
void write_word(const request& asked, extent word, outbox& out) {
  out.append(asked.text({.offset = word.offset - 1, .size = word.size + 1}));
}

void write_flags(const request& asked, outbox& out) {
  for (std::size_t at = 1 + command_of(asked).fields.size(); at < asked.arguments.size(); ++at) {
    if (asked.argument(at) != "q") write_word(asked, asked.arguments[at], out);
  }
}

// The data block is the last of the request's bytes.
void write_block(const request& asked, outbox& out) {
  const std::size_t at = command_of(asked).fields.word_of(field::bytes);
  if (at == 0) return;
  const auto bytes = parse_unsigned(asked.argument(at), block_bytes_max);
  DOVETAIL_CHECK(bytes.has_value());
  const std::size_t size = static_cast<std::size_t>(*bytes) + 2;
  out.append(asked.bytes.sub(asked.bytes.size() - size, size));
}

}  // namespace

bool splits(const request& asked) {
  return asked.keys.size() > 1;
}

void write(const request& asked, outbox& out) {
  DOVETAIL_CHECK(asked.refusal.empty());
  if (asked.canonical) return out.append(asked.bytes);
  write_fields(asked, out);
  if (command_of(asked).has_many_keys()) {
    for (const extent& key : asked.keys)
      write_word(asked, key, out);
  } else {
    write_flags(asked, out);
  }
  out.append("\r\n");
  write_block(asked, out);
}

void write_part(const request& asked, std::span<const std::uint32_t> keys, outbox& out) {
  DOVETAIL_CHECK(asked.refusal.empty() && command_of(asked).has_many_keys());
  write_fields(asked, out);
  for (const std::uint32_t at : keys)
    write_word(asked, asked.keys[at], out);
  out.append("\r\n");
}

}  // namespace dovetail::memcache
