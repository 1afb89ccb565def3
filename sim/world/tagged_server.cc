#include "sim/world/tagged_server.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "sim/model/conversation.h"
#include "sim/net/framing.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_replies.h"

namespace dovetail::sim {

class tagged_server::talk final : public conversation {
 public:
  talk(tagged_server& with, std::uint32_t number) : with_(&with), number_(number) {}

  step serve(inbox& in, outbox& out, instant) override {
    director& by = *with_->director_;
    if (by.stalled(with_->number_)) return step::incomplete;
    if (const std::string text = by.unasked(with_->number_); !text.empty()) {
      out.append(text);
      report({}, text, fault::wrong_type);
    }
    if (in.empty()) return step::incomplete;
    const std::size_t size =
        with_->redis_ ? redis_message_size(in.unread()) : memcache_request_size(in.unread());
    if (size == 0) {
      answer_early(in, out);
      return step::incomplete;
    }
    const std::string request(in.unread().substr(0, size));
    in.consume(size);
    if (early_) {
      early_ = false;
      return step::served;
    }
    return answer(request, out);
  }

 private:
  // An error before the whole request is there; what comes of it later is swallowed.
  void answer_early(const inbox& in, outbox& out) {
    if (early_ || !with_->director_->answers_early(with_->number_, in.unread())) return;
    early_ = true;
    const std::string reply = with_->redis_ ? "-ERR too large\r\n" : "SERVER_ERROR too large\r\n";
    out.append(reply);
    report(in.unread(), reply, fault::early_error);
  }

  step answer(std::string_view request, outbox& out) {
    const conduct its = with_->director_->behaviour(with_->number_, request);
    const bool empty = with_->director_->emptied(with_->number_);
    std::string reply =
        tagged_reply(request, with_->redis_, {with_->number_, number_, arrivals_, empty});
    if (its.says) {
      reply = *its.says;
    } else if (its.wrong) {
      reply = wrong_reply(*its.wrong, request, with_->redis_, std::move(reply));
    }
    out.append(reply);
    report(request, reply, its.wrong);
    return its.wrong == fault::truncation ? step::hang_up : step::served;
  }

  void report(std::string_view request, std::string_view reply, std::optional<fault> wrong) {
    with_->director_->on_served({.server = with_->number_,
                                 .connection = number_,
                                 .arrival = arrivals_++,
                                 .request = request,
                                 .reply = reply,
                                 .wrong = wrong});
  }

  tagged_server* with_;
  std::uint32_t number_;
  std::uint32_t arrivals_ = 0;
  bool early_ = false;  // the request that is arriving was answered already
};

tagged_server::tagged_server(director& by, std::uint32_t number, bool redis)
    : director_(&by), number_(number), redis_(redis) {}

std::unique_ptr<conversation> tagged_server::accept() {
  return std::make_unique<talk>(*this, connections_++);
}

}  // namespace dovetail::sim
