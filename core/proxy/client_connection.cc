#include "proxy/client_connection.h"

#include <string_view>
#include <utility>

#include "buffer/block.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "proxy/split_pool.h"

namespace dovetail {

client_connection::client_connection(
    const protocol& speaks, block_pool& pool, split_pool& splits, const limits& bounds, session who)
    : bounds_(&bounds),
      parser_(speaks.new_request_parser()),
      inbox_(pool),
      outbox_(pool),
      window_(pool, outbox_, splits),
      session_(std::move(who)) {}

bool client_connection::may_take() const {
  return !finishing_ && holds_ == 0 && window_.size() < bounds_->requests_max &&
         outbox_.size() < bounds_->outbox_bytes_max;
}

parse_status client_connection::next(request& found) {
  const parse_status status = parser_->parse(inbox_, found);
  if (status == parse_status::malformed) {
    answer(parser_->error());
    finish();
  }
  return status;
}

void client_connection::answer(std::string_view reply) {
  window_.settle(window_.open(), 0, reply, false);
}

}  // namespace dovetail
