#include "proxy/reply_window.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "buffer/slice.h"
#include "message/split_request.h"

namespace dovetail {

std::uint32_t reply_window::open(std::unique_ptr<split_request> split) {
  places_.push({.settled = false, .reply = {}, .split = std::move(split)});
  return first_ + static_cast<std::uint32_t>(places_.size() - 1);
}

template <class Bytes>
void reply_window::settle_with(std::uint32_t sequence,
                               std::uint32_t part,
                               const Bytes& reply,
                               bool failed) {
  const std::uint32_t at = sequence - first_;
  DOVETAIL_CHECK(at < places_.size());
  place& its = places_[at];
  DOVETAIL_CHECK(!its.settled);
  if (its.split) {
    waiting_bytes_ += reply.size();
    its.split->answer(part, kept_.keep(reply), failed);
    its.settled = its.split->waiting == 0;
    if (at == 0) advance();
  } else if (at > 0) {
    waiting_bytes_ += reply.size();
    its.reply = kept_.keep(reply);
    its.settled = true;
  } else {
    out_->append(reply);
    pop();
    advance();
  }
}

void reply_window::settle(std::uint32_t sequence,
                          std::uint32_t part,
                          const slice& reply,
                          bool failed) {
  settle_with(sequence, part, reply, failed);
}

void reply_window::settle(std::uint32_t sequence,
                          std::uint32_t part,
                          std::string_view reply,
                          bool failed) {
  settle_with(sequence, part, reply, failed);
}

void reply_window::pop() {
  places_.pop();
  ++first_;
  replied_->add();
}

// Writes every reply whose turn has come.
void reply_window::advance() {
  while (!places_.empty() && places_.front().settled) {
    place& its = places_.front();
    if (its.split) {
      waiting_bytes_ -= its.split->bytes;
      its.split->write(*out_);
      splits_->put(std::move(its.split));
    } else {
      waiting_bytes_ -= its.reply.size();
      out_->append(its.reply);
    }
    pop();
  }
  if (places_.empty()) kept_.rest();
}

}  // namespace dovetail
