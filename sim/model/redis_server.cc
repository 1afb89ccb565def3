#include "sim/model/redis_server.h"

#include <memory>
#include <string>
#include <utility>

#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "sim/model/conversation.h"
#include "sim/model/redis_commands.h"
#include "sim/model/redis_reader.h"
#include "sim/model/redis_reply.h"

namespace dovetail::sim {

class redis_server::talk final : public conversation {
 public:
  explicit talk(redis_server& with) : with_(&with) {}

  step serve(inbox& in, outbox& out, instant now) override {
    const auto outcome = reader_.read(in);
    if (outcome == redis_reader::outcome::incomplete) return step::incomplete;
    redis_reply reply(out);
    if (outcome == redis_reader::outcome::malformed) {
      reply.error("ERR " + std::string(reader_.error()));
      return step::hang_up;
    }
    redis_call call{.words = reader_.words(),
                    .data = with_->data_,
                    .session = session_,
                    .now = with_->clock_.at(now),
                    .reply = reply};
    run_redis_command(call);
    return session_.closing ? step::hang_up : step::served;
  }

 private:
  redis_server* with_;
  redis_reader reader_;
  redis_session session_;
};

redis_server::redis_server(options how) : clock_(how.clock) {
  data_.databases.resize(how.databases);
  data_.password = std::move(how.password);
}

std::unique_ptr<conversation> redis_server::accept() {
  return std::make_unique<talk>(*this);
}

}  // namespace dovetail::sim
