// An honest server that reads strictly and answers by the request alone, and what an honest client
// may be told by it.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/conversation.h"

namespace dovetail::fuzz {

// Stops the process at bytes that no proxy may send.
class honest_server final : public sim::server {
 public:
  explicit honest_server(bool redis) : redis_(redis) {}
  std::unique_ptr<sim::conversation> accept() override;

 private:
  bool redis_;
};

// Says what it was given, piece by piece: one for each time that something came.
class lying_server final : public sim::server {
 public:
  explicit lying_server(std::string_view says);
  std::unique_ptr<sim::conversation> accept() override;

 private:
  class talk;
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
};

// A request of the honest client and its one reply.
struct honest_exchange {
  std::string request;
  std::string reply;
};

// Some of each kind, with keys of server `owner` among `servers`.
std::vector<honest_exchange> honest_exchanges(bool redis, unsigned owner, unsigned servers);

}  // namespace dovetail::fuzz
