// Writes RESP2 replies.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "buffer/outbox.h"

namespace dovetail::sim {

class redis_reply {
 public:
  explicit redis_reply(outbox& out) : out_(&out) {}

  void status(std::string_view text);
  void integer(std::int64_t number);
  void bulk(std::string_view bytes);
  void null_bulk();
  void array(std::size_t size);  // its elements follow

  // `text` begins with the error's code. Line ends within it become blanks, as in redis's
  // addReplyErrorLength.
  void error(std::string_view text);

 private:
  void line(char type, std::string_view text);

  outbox* out_;
};

}  // namespace dovetail::sim
