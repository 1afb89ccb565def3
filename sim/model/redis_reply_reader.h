// Reads redis's replies as a client does.
//
//     *2\r\n $3\r\nfoo\r\n *1\r\n :7\r\n      items: a header line, and the bytes it announces.
//     owed_:  1 ▶ 2      ▶ 1     ▶ 1 ▶ 0      An array owes as many items more; nesting needs no
//                                             stack to know where a reply ends.
//
// Grammar: RESP2, https://redis.io/docs/latest/develop/reference/protocol-spec/. RESP3's types are
// malformed: nobody here says HELLO 3.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/model/reply_frame.h"

namespace dovetail::sim {

enum class redis_kind : std::uint8_t {
  status,
  error,
  integer,
  bulk,
  null_bulk,
  array,
  null_array,
};

struct redis_item {
  redis_kind kind = redis_kind::status;
  std::string_view text;    // of a status, error or bulk; the digits of an integer
  std::uint64_t count = 0;  // of an array: so many items follow
};

// Takes the next item off a complete reply, or off what is left of one. Bytes that are not one stop
// the process.
redis_item take_redis_item(std::string_view& rest);

class redis_reply_reader {
 public:
  // `unread` begins with a reply; when that was incomplete, it is the same bytes and more. Looks at
  // each byte once, but for a number that was cut. After `complete` or `malformed` it begins anew.
  reply_frame read(std::string_view unread);

 private:
  reply_frame stop(reply_frame how);

  std::size_t at_ = 0;        // where the next item begins
  std::size_t searched_ = 0;  // bytes of its line without a line end
  std::uint64_t owed_ = 1;    // items until the reply is complete
};

}  // namespace dovetail::sim
