// What a load's clients ask, and what they make of the replies.
//
//     client has room ─▶ mix, keys ─▶ request_writer ─▶ client::send
//                           └▶ ledger ─▶ question, asked keys ─┐
//                      reply ─▶ reply_judge ◀──────────────────┘ ─▶ tally

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/endpoint.h"
#include "base/random.h"
#include "base/ring.h"
#include "base/time.h"
#include "sim/load/key_space.h"
#include "sim/load/ledger.h"
#include "sim/load/mix.h"
#include "sim/load/provenance.h"
#include "sim/load/reply_judge.h"
#include "sim/load/request_writer.h"
#include "sim/load/tally.h"
#include "sim/model/client.h"
#include "sim/model/client_observer.h"
#include "sim/model/client_program.h"

namespace dovetail::sim::load {

struct workload_options {
  wire_protocol speaks = wire_protocol::redis;
  endpoint to = {};
  std::uint32_t clients = 50;  // a connection each, at most write_id::writers_max
  std::uint32_t pipeline = 1;  // most requests that one of them has on the way
  bool batches = false;        // asks for all of these at once, then waits for all replies
  mix asks;
  std::size_t value_bytes_least = 100;
  std::size_t value_bytes_most = 100;
  std::uint32_t keys = 100'000;     // at least four
  std::string prefix = "load:";     // of keys; one that was used before needs a preload
  bool preloaded = false;           // by an earlier load of this prefix that wrote nothing else
  bool servers_may_forget = false;  // come back empty
  std::uint64_t seed = 1;
  std::uint64_t rate =
      0;  // requests a second, of all together, whatever they take; 0: as many as can
};

class workload final : public client_source, public client_observer {
 public:
  explicit workload(const workload_options& how);

  client_plan plan();

  // What clients do when they have room. They must be poked after each.
  void preload(instant now);
  void ask(instant now);
  void rest() { phase_ = phase::resting; }

  // Every key was written, and that was answered.
  bool is_preloaded() const { return preloads_left_ == 0 && waiting_ == 0; }

  std::size_t waiting() const { return waiting_; }        // requests on the way
  std::uint32_t connected() const { return connected_; }  // clients, now
  std::uint64_t refused() const { return refused_; }      // attempts to connect
  std::error_code why_refused() const { return why_refused_; }

  // Counts what is on the way as unanswered.
  void give_up();

  // Since ask(), but for errors, which are kept.
  const tally& counts() const { return counts_; }
  instant began() const { return began_; }
  instant last_reply() const { return last_reply_; }

  // The first wrong reply, in words.
  const std::optional<std::string>& complaint() const { return complaint_; }

  std::optional<instant> on_room(client& who, std::size_t room, instant now) override;
  void on_connected(client_name who, instant now) override;
  void on_sent(client_name who, std::size_t size, instant now) override;
  void on_received(client_name who, std::string_view bytes, instant now) override;
  void on_reply(client_name who,
                request_number asked,
                std::string_view reply,
                instant now) override;
  void on_malformed(client_name who, std::string_view unread, instant now) override;
  void on_ended(client_name who,
                client_end how,
                std::error_code why,
                std::string_view unread,
                instant now) override;

 private:
  enum class phase : std::uint8_t { resting, preloading, asking };

  struct asker {
    random_stream draws{0};
    ring<question> asked = {};
    ring<asked_key> keys = {};
    std::uint64_t due = 0;        // requests since the load began, at a fixed rate
    std::uint32_t preloaded = 0;  // of the keys that are the client's to preload
    std::uint32_t counters_reset = 0;
    bool connected = false;
  };

  void assume_preloaded();
  bool preload_next(client& who, asker& as, instant now);
  void ask_next(client& who, asker& as, instant since);
  instant due_at(std::uint32_t client, std::uint64_t request) const;
  void write_question(asker& as, std::uint32_t client, const mix_entry& what);
  void send(client& who, asker& as, const question& asked);
  void settle(asker& as);
  void leave_in_doubt(asker& as);
  void complain(client_name who,
                request_number number,
                const std::string& request,
                std::string_view expected,
                std::string_view got);
  std::string words_for(const asker& as) const;

  const workload_options how_;
  const key_space values_;
  const key_space counters_;
  const value_maker maker_;
  const request_writer writer_;
  ledger ledger_;
  reply_judge judge_;
  std::vector<asker> askers_;
  std::string bytes_;  // of the request that is being made

  phase phase_ = phase::resting;
  instant began_{};
  instant last_reply_{};
  std::uint64_t preloads_left_ = 0;
  std::size_t waiting_ = 0;
  std::uint32_t connected_ = 0;
  std::uint64_t refused_ = 0;
  std::error_code why_refused_;
  tally counts_;
  std::optional<std::string> complaint_;
};

}  // namespace dovetail::sim::load
