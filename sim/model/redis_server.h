// A model redis: a small honest server that answers as redis 7.0 does, for the commands it knows.

#pragma once

#include <memory>
#include <string>

#include "sim/model/conversation.h"
#include "sim/model/redis_commands.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {

class redis_server final : public server {
 public:
  struct options {
    wall_clock clock;
    std::size_t databases = 16;
    std::string password;  // what AUTH must say; empty: none is asked for
  };

  explicit redis_server(options how);

  std::unique_ptr<conversation> accept() override;

 private:
  class talk;

  wall_clock clock_;
  redis_data data_;
};

}  // namespace dovetail::sim
