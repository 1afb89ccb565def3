// The replies one client is owed, oldest request first: their order is fixed here.

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/ring.h"
#include "buffer/outbox.h"
#include "buffer/packer.h"
#include "buffer/slice.h"
#include "message/split_request.h"
#include "proxy/split_pool.h"
#include "stats/counters.h"

namespace dovetail {

// A place is opened for each request that wants a reply, and settled exactly once; replies move to
// the outbox in the order of their places, as soon as no earlier one is missing. The parts of a
// split request share a place, which is settled by the last of them.
class reply_window {
 public:
  // `out`, `splits` and `replied`, to which each place is added that is done, outlive the window.
  reply_window(block_pool& pool, outbox& out, split_pool& splits, counter& replied)
      : out_(&out), splits_(&splits), replied_(&replied), kept_(pool) {}

  // Reserves the next place in line and returns its sequence number.
  std::uint32_t open() { return open(nullptr); }
  std::uint32_t open(std::unique_ptr<split_request> split);

  // Puts a reply, or the reply to one part, in its place. `failed` says that it is an error.
  void settle(std::uint32_t sequence, std::uint32_t part, const slice& reply, bool failed);
  void settle(std::uint32_t sequence, std::uint32_t part, std::string_view reply, bool failed);

  // Gives the storage back when no place is open.
  void shrink() { places_.shrink(); }

  // Calls visit(settled, reply, split) for each place, oldest first: the reply of one that is
  // settled and waits for an earlier one, and the split request behind it, or null.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t at = 0; at < places_.size(); ++at) {
      const place& its = places_[at];
      visit(its.settled, its.reply.view(), static_cast<const split_request*>(its.split.get()));
    }
  }

  // The split request behind a place that is not settled, or null.
  const split_request* split_of(std::uint32_t sequence) const {
    return places_[sequence - first_].split.get();
  }

  // The sequence number of the oldest place, or of the next one to open.
  std::uint32_t first() const { return first_; }

  // Requests not yet answered to the client.
  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }

  // Bytes of the replies, and parts of replies, that wait for an earlier one or for other parts.
  std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  struct place {
    bool settled = false;
    slice reply;
    std::unique_ptr<split_request> split;
  };

  template <class Bytes>
  void settle_with(std::uint32_t sequence, std::uint32_t part, const Bytes& reply, bool failed);
  void pop();
  void advance();

  outbox* out_;
  split_pool* splits_;
  counter* replied_;
  packer kept_;  // replies that wait for an earlier one
  ring<place> places_;
  std::uint32_t first_ = 0;  // sequence number of places_.front()
  std::size_t waiting_bytes_ = 0;
};

}  // namespace dovetail
