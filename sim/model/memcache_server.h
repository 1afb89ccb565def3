// A model memcached: a small honest server that answers as memcached 1.6.18 does, text protocol.

#pragma once

#include <memory>

#include "sim/model/conversation.h"
#include "sim/model/memcache_items.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {

class memcache_server final : public server {
 public:
  explicit memcache_server(wall_clock clock) : clock_(clock) {}

  std::unique_ptr<conversation> accept() override;

 private:
  class talk;

  wall_clock clock_;
  memcache_items items_;
};

}  // namespace dovetail::sim
