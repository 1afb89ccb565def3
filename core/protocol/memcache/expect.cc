#include "protocol/memcache/expect.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/request_class.h"
#include "buffer/byte_queue.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/memcache/base64.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/words.h"

namespace dovetail::memcache {
namespace {

constexpr std::uint32_t any_values = shape::values | shape::values_unique;

// Adds words to an echo and counts its bytes.
class echo_writer {
 public:
  explicit echo_writer(byte_queue& to) : to_(to) {}

  void add(std::string_view word) {
    if (size_ != 0) push(" ");
    push(word);
  }

  void add(char letter, std::string_view value) {
    if (size_ != 0) push(" ");
    push({&letter, 1});
    push(value);
  }

  std::uint32_t size() const { return size_; }

 private:
  void push(std::string_view bytes) {
    to_.push(bytes);
    size_ += static_cast<std::uint32_t>(bytes.size());
  }

  byte_queue& to_;
  std::uint32_t size_ = 0;
};

request_class class_of(const request& asked) {
  if (asked.keys.empty()) return request_class::other;
  const bool reads = (command_of(asked).shapes & (any_values | shape::en | shape::me)) != 0;
  return reads ? request_class::read : request_class::write;
}

// What comes before the key in an echo: k, or b where the key is base64 of another one.
char key_letter(const request& asked) {
  return asked.meant.empty() ? 'k' : 'b';
}

// mg answers HD, or VA where it was asked for the value with v. With q it says nothing of a miss,
// the others nothing of a success (proto_text.c; errors and refusals are always told).
expectation expect_meta(const request& asked, byte_queue& echo) {
  const command& row = command_of(asked);
  const bool gets = row.name == "mg";
  expectation made{.shapes = row.shapes, .kind = class_of(asked)};
  echo_writer writer(echo);
  bool value = false;
  for (std::size_t at = 1 + row.fields.size(); at < asked.arguments.size(); ++at) {
    const std::string_view flag = asked.argument(at);
    if (flag == "k") writer.add(key_letter(asked), asked.text(asked.keys[0]));
    if (flag.starts_with('O')) writer.add(flag);
    if (flag == "v") value = true;
    if (flag == "q") made.silent = gets ? shape::en : shape::hd | shape::va;
  }
  if (gets || row.name == "ma") made.shapes &= ~(value ? shape::hd : shape::va);
  made.silent &= made.shapes;
  made.echo_size = writer.size();
  return made;
}

// Is each block's key one of the keys asked for, in their order, none used twice?
bool are_asked_for(const response& came, std::string_view bytes, std::string_view keys) {
  if (came.echoes.size() == 1 && came.echoes.front().of(bytes) == keys) return true;
  for (const extent& each : came.echoes) {
    const std::string_view key = each.of(bytes);
    std::string_view asked;
    do {
      if (keys.empty()) return false;
      asked = take_word(keys);
    } while (asked != key);
  }
  return true;
}

// A key is repeated as it is kept: in base64 where somebody stored it so, else as it is, however it
// was asked for (proto_text.c, META_KEY).
bool repeats_key(std::string_view came, std::string_view asked) {
  const std::string_view key = asked.substr(1);
  if (came == key) return true;
  return asked.starts_with('b') ? is_base64_of(key, came) : is_base64_of(came, key);
}

bool repeats(std::string_view came, std::string_view asked) {
  if (!came.starts_with('k')) return came == asked;
  return (asked.starts_with('k') || asked.starts_with('b')) && repeats_key(came.substr(1), asked);
}

bool repeats_all(const response& came, std::string_view bytes, std::string_view echo) {
  for (const extent& each : came.echoes) {
    if (echo.empty()) return false;
    if (!repeats(each.of(bytes), take_word(echo))) return false;
  }
  return echo.empty();
}

// A server that does not take the line of a storage command may take its data block for a line, or
// not: nobody knows how many responses are to come.
bool leaves_block_in_doubt(const expectation& expected, std::string_view line) {
  return (expected.shapes & shape::after_block) != 0 &&
         (line.starts_with(text::unknown_command) || line.starts_with(text::bad_format) ||
          line.starts_with(text::bad_data));
}

}  // namespace

expectation expect(const request& asked, byte_queue& echo) {
  const command& row = command_of(asked);
  if (row.meta) return expect_meta(asked, echo);
  echo_writer writer(echo);
  if (row.has_many_keys()) {
    for (const extent& key : asked.keys)
      writer.add(asked.text(key));
  }
  if (row.debugs_key) writer.add(key_letter(asked), asked.text(asked.keys[0]));
  return {.shapes = row.shapes, .echo_size = writer.size(), .kind = class_of(asked)};
}

expectation expect_part(const request& asked,
                        std::span<const std::uint32_t> keys,
                        byte_queue& echo) {
  echo_writer writer(echo);
  for (const std::uint32_t at : keys)
    writer.add(asked.text(asked.keys[at]));
  return {.shapes = command_of(asked).shapes, .echo_size = writer.size(), .kind = class_of(asked)};
}

bool plausible(const expectation& expected,
               std::string_view echo,
               const response& came,
               std::string_view bytes) {
  if (came.is_error()) {
    if (leaves_block_in_doubt(expected, bytes.substr(came.relayed.offset))) return false;
    return came.count == 0 ||
           ((expected.shapes & any_values) != 0 && are_asked_for(came, bytes, echo));
  }
  if ((expected.shapes & came.shape) == 0) return false;
  if ((came.shape & any_values) != 0) return are_asked_for(came, bytes, echo);
  if (came.shape == shape::end) return true;
  // Older servers say of a miss nothing but EN.
  if (came.shape == shape::en && came.echoes.empty()) return true;
  if (came.shape == shape::me) {
    return repeats_key(came.echoes.front().of(bytes), echo);
  }
  return repeats_all(came, bytes, echo);
}

}  // namespace dovetail::memcache
