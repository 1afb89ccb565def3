// The judge: hears what clients were told, what servers were asked and what went wrong, and says
// whether that can be right. It knows the scene and the two protocols by itself; of the proxy's
// code it uses nothing.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/time.h"
#include "sim/model/client_observer.h"
#include "sim/net/network.h"
#include "sim/world/asked.h"
#include "sim/world/hasher.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/tagged_server.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {

class judge final : public client_observer, public network_tap {
 public:
  // `of` and `wires` outlive the judge.
  judge(const scene& of, const network& wires);

  // --- what happens

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

  void on_written(const link& at, int side, std::string_view bytes) override;
  void on_written_to_nobody(const link& at, int side) override;
  void on_gone(const link& at) override;
  void on_dropped(const link& at) override;

  void on_served(const served& what);
  void on_fault(const ledger_entry& what);
  // Time went by in which nobody was woken.
  void on_lost_time(duration time) override { lost_ += time; }
  void on_client_fault(std::uint32_t client, fault what);
  // It reads nothing any more; or again.
  void on_deaf(std::uint32_t client, bool is);
  void on_heal();
  // Long after that: whoever was out must be back.
  void on_recovered();
  // The proxy has seen what time it is: deadlines that had passed have had their effect.
  void on_caught_up() { ledger_.close_lateness(now()); }

  // --- what to make of it

  // Nothing will come any more before the world heals: whoever still waits must have a reason.
  void at_rest();

  // How many clients there are at the proxy.
  void judge_crowd();

  // Everything is over.
  void at_end();

  // From now on remembers what each client was told.
  void keep_replies() { keeps_replies_ = true; }

  // For scripts, which decide what can be read: what its server has said on this connection, and
  // the proxy has not read, it cannot read any more.
  void on_held_back(std::uint32_t link) { held_back_.insert(link); }

  // What `server` must answer with where the scene has it word for word; null where it has not.
  const std::string* answer_to(std::uint32_t server, std::string_view request) const;

  void fail(oracle rule, std::string text);
  const verdict& found() const { return found_; }

  // --- what it knows, for programs and fingerprints

  struct part_record {
    std::uint32_t link = 0;  // the connection that it was forwarded on; 0: not yet
    bool served = false;
    std::uint32_t connection = 0;
    std::uint32_t arrival = 0;
    std::optional<fault> wrong;
    std::string reply;
    std::uint64_t reply_end = 0;  // in the bytes that its server has made for the connection
  };
  struct request_record {
    asked what;
    std::size_t end = 0;           // in the bytes of its client
    event_number sent = no_event;  // its first byte
    instant whole_at{};            // its last byte was written
    duration lost_before{};        // time that had been lost by then
    bool replied = false;
    bool failed_late = false;  // a server may have let it, or a part of it, time out
    bool timed_out = false;
    std::string reply;  // kept only on request
    std::vector<part_record> parts;
    std::uint32_t without = 0;  // bit N: its keys were divided among the others than server N
  };
  struct client_record {
    std::vector<request_record> requests;
    std::size_t written = 0;
    std::size_t replies = 0;
    std::uint64_t told = 0;  // bytes that the proxy wrote
    bool connected = false;
    bool over = false;
    bool refused = false;        // one too many: told so, and closed
    bool deaf = false;           // reads nothing
    bool was_deaf = false;       // ever
    std::optional<fault> wrong;  // what was done to it
    client_end how = client_end::closed;
  };

  const std::vector<client_record>& clients() const { return clients_; }
  const ledger& faults() const { return ledger_; }

  // What later verdicts depend on, besides the records.
  void add_to(hasher& to) const;

  // The order in which requests reached the servers: what distinguishes one outcome from another.
  std::uint64_t order() const { return order_; }

 private:
  // A connection of the proxy to a server, as its bytes tell.
  struct wire {
    std::uint32_t link = 0;
    std::uint32_t server = 0;
    std::string begun;       // of a request that is not whole yet
    std::uint64_t made = 0;  // bytes of replies, also those that the server could not write yet
    std::uint64_t said = 0;  // … that it has written
    bool greeted = false;    // a request of a client was sent
    bool accepted = false;   // the server took the password
    bool gone = false;
    bool probed = false;                       // a probe went over it
    bool wasted = false;                       // something was written to it that nobody reads
    std::vector<std::int64_t> last_of_client;  // the request forwarded last, of each
  };
  // What is known of a server that may have been ejected.
  struct standing {
    bool suspect = false;               // something was wrong with it: it may be out
    event_number cleared = 0;           // when it was suspect for the last time
    std::uint32_t probe_link = 0;       // over which it is being probed; 0: it is not
    event_number out_since = no_event;  // of the first probe that was not answered well
    event_number well_since = no_event;
  };
  struct server_line {
    std::uint32_t server = 0;
    std::uint32_t connection = 0;
    std::optional<std::uint32_t> bad_from;  // arrival after which nothing is to be trusted
    bool shifted = false;                   // replies may answer others than they should, unseen
    bool surplus = false;                   // said more than it was asked
    bool surplus_error = false;             // … which was an error
  };

  event_number now() const { return wires_->events(); }
  wire& wire_of(const link& at);
  void judge_reuse(const link& at);
  void judge_refusal(std::string_view bytes);
  static bool is_turned_away(const link& at);
  std::size_t clients_of_proxy() const;
  std::string_view refusal() const;
  void forwarded(wire& on, std::string_view request);
  void forwarded_part(wire& on, const tag& whose, std::string_view request);
  bool may_be_out(std::uint32_t server) const;
  bool may_have_been_out(std::uint32_t server, event_number since) const;
  bool rehashes(const request_record& of) const;
  bool may_be_divided(const request_record& of, std::uint32_t without) const;
  std::optional<request_record> divided(const request_record& of, std::uint32_t without) const;
  void divide_for(request_record& of, std::uint32_t server, std::string_view request) const;
  bool nobody_was_there(const request_record& of, std::string_view reply) const;
  bool was_overdue(const client_record& by, const request_record& of, std::string_view reply) const;
  bool failure_is_fine(const request_record& to, std::string_view reply) const;
  bool failure_is_fine_somehow(const request_record& to, std::string_view reply) const;
  bool may_have_failed_somewhere(const request_record& of) const;
  bool may_concern(const request_record& of, std::uint32_t server) const;
  void clear(standing& of);
  bool is_greeted(std::uint32_t server) const;
  void suspect(const ledger_entry& of);
  bool is_probe(std::string_view request) const;
  void judge_probe(wire& on);
  void judge_live_traffic(const wire& on, const request_record& of, std::string_view request);
  void on_probe_served(const served& what);
  void on_probe_gone(const link& at);
  void add_standings(hasher& to) const;
  request_record* find(const tag& whose);
  part_record* find_exact(std::uint32_t server, std::string_view bytes, bool is_there);

  void judge_reply(client_record& by,
                   std::uint32_t client,
                   request_record& to,
                   std::string_view reply);
  void judge_refused(client_record& by,
                     std::uint32_t client,
                     request_number number,
                     std::string_view reply);
  void judge_local(const request_record& to, std::string_view reply, std::uint32_t client);
  std::optional<std::string> expected(const request_record& of) const;
  bool error_is_fine(const request_record& to, std::string_view reply) const;
  bool part_error_is_fine(const request_record& to, std::size_t part, std::string_view reply) const;
  bool fails_by_key(const request_record& to) const;
  bool array_is_fine(const request_record& to, std::string_view reply) const;
  bool values_are_fine(const request_record& to, std::string_view reply) const;
  bool may_have_failed(const request_record& to, std::size_t part) const;
  bool accuses_wrongly(std::string_view reply, std::uint32_t server) const;
  bool was_to_move(const request_record& to, std::size_t part, std::string_view reply) const;
  bool was_said(const part_record& its) const;
  bool was_to_be_heard(const request_record& to, std::size_t part, std::string_view reply) const;
  void judge_attempts(std::uint32_t server);
  bool excused(const request_record& to) const;
  bool echoes_another(std::string_view bytes, std::uint32_t client) const;
  static bool echoes_only(const request_record& to, std::string_view reply);
  void judge_time(const client_record& by, const request_record& of, std::uint32_t client);
  bool is_always_late(std::uint32_t server) const;
  bool may_be_due(const request_record& of, std::size_t part) const;
  void judge_doubtful_lines();
  void judge_service(const tag& whose, const served& what);
  void add_waiting(hasher& to) const;
  bool is_waited_on(const wire& on, std::string_view now) const;
  void add_excused(hasher& to, const ledger_entry& by) const;
  void judge_trust(const request_record& to);
  server_line& line(std::uint32_t server, std::uint32_t connection);
  std::uint32_t link_of(std::uint32_t server, std::uint32_t connection) const;
  void judge_silence(const client_record& of, std::uint32_t client);
  std::string describe(const request_record& of, std::uint32_t client) const;

  const scene* scene_;
  const network* wires_;
  std::vector<client_record> clients_;
  std::vector<wire> lines_out_;
  std::vector<server_line> lines_;
  std::vector<standing> standings_;
  ledger ledger_;
  std::set<std::uint32_t> held_back_;
  verdict found_;
  std::uint64_t order_ = 0;
  duration lost_{};
  bool healed_ = false;
  bool keeps_replies_ = false;
};

}  // namespace dovetail::sim
