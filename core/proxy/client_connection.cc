#include "proxy/client_connection.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "buffer/block.h"
#include "message/request.h"
#include "message/split_request.h"
#include "protocol/protocol.h"
#include "proxy/forecast.h"
#include "proxy/split_pool.h"
#include "stats/counter.h"

namespace dovetail {
namespace {

// So many replies may be coming of a client about which no more is known than that its first reply
// was none of the large ones.
constexpr std::size_t replies_with_caution = 64;

forecast::assumptions assumptions_within(const client_connection::limits& bounds) {
  return {.unknown = bounds.reply_bytes_max / bounds.replies_at_first,
          .cautious = bounds.reply_bytes_max / replies_with_caution,
          .many = replies_with_caution};
}

}  // namespace

client_connection::client_connection(const protocol& speaks,
                                     block_pool& pool,
                                     split_pool& splits,
                                     const limits& bounds,
                                     counter& replied,
                                     session who)
    : bounds_(&bounds),
      parser_(speaks.new_request_parser()),
      inbox_(pool),
      outbox_(pool),
      window_(pool, outbox_, splits, replied),
      coming_(assumptions_within(bounds)),
      session_(std::move(who)) {}

bool client_connection::may_take(std::size_t reply_bytes_max) const {
  if (finishing_ || holds_ > 0 || window_.size() >= bounds_->requests_max) return false;
  const std::uint64_t here = outbox_.size() + window_.waiting_bytes();
  // Late responses slow a client down, to one request at a time, but do not stop it.
  const std::uint64_t coming = window_.empty() ? 0 : coming_.bytes();
  return here + coming < reply_bytes_max;
}

parse_status client_connection::next(request& found) {
  if (trusted_ != session_.authenticated) {
    trusted_ = session_.authenticated;
    parser_->trust(trusted_);
  }
  const parse_status status = parser_->parse(inbox_, found);
  if (status == parse_status::malformed) {
    answer(parser_->error());
    finish();
  }
  return status;
}

std::uint32_t client_connection::open() {
  coming_.asked(1);
  return window_.open();
}

std::uint32_t client_connection::open(std::unique_ptr<split_request> split) {
  coming_.asked(split->parts.size());
  return window_.open(std::move(split));
}

void client_connection::answer(std::string_view reply) {
  window_.settle(window_.open(), 0, reply, false);
}

}  // namespace dovetail
