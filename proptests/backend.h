// A model server and one connection to it, without a network: a question, an answer.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "buffer/block.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "proptests/parsed.h"
#include "sim/model/conversation.h"
#include "sim/model/memcache_server.h"
#include "sim/model/redis_server.h"

namespace dovetail::proptests {

class backend {
 public:
  static backend redis() {
    return backend(std::make_unique<sim::redis_server>(
        sim::redis_server::options{.clock = {}, .databases = 1, .password = {}}));
  }
  static backend memcache() {
    return backend(std::make_unique<sim::memcache_server>(sim::wall_clock{}));
  }

  // All that it says to this.
  std::string ask(std::string_view requests) {
    inbox in(*blocks_);
    outbox out(*blocks_);
    receive(in, requests);
    while (!in.empty() && talk_->serve(in, out, instant()) == sim::conversation::step::served) {
    }
    RC_ASSERT(in.empty());
    return drain(out);
  }

 private:
  explicit backend(std::unique_ptr<sim::server> of)
      : server_(std::move(of)), talk_(server_->accept()) {}

  std::unique_ptr<block_pool> blocks_ = std::make_unique<block_pool>();
  std::unique_ptr<sim::server> server_;
  std::unique_ptr<sim::conversation> talk_;
};

}  // namespace dovetail::proptests
