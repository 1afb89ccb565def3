// The proxy: every event enters here, and here the two sides meet.
//
//     on_accept ─▶ a client_side               proxy.cc
//     on_ready  ─▶ fill ─▶ serve ─▶ forward    serve.cc, forward.cc
//               ─▶ fill ─▶ relay ─▶ settle     relay.cc
//     on_turn_end ─▶ expire, resume, flush     turn.cc, probe.cc, resolve.cc
//
// The client's side knows no servers, the server's side no clients, and neither knows a socket.

#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/slot_table.h"
#include "base/time.h"
#include "buffer/block.h"
#include "config/config.h"
#include "io/handler.h"
#include "io/network.h"
#include "message/slow_log.h"
#include "proxy/running_pool.h"
#include "proxy/sides.h"
#include "proxy/split_pool.h"
#include "stats/counters.h"

namespace dovetail {

struct proxy_options {
  std::size_t block_size = block_pool::default_block_size;  // bytes
  std::uint64_t seed = 0;                                   // of the random distribution
  bool reuse_port = false;                    // several workers share the listeners' ports
  bool is_first = true;                       // of these workers: see io::listen_options
  std::size_t client_connections_max = 0;     // of all pools together; 0: no limit
  std::size_t replies_at_first = 2;           // see client_connection::limits
  std::size_t kept_bytes_max = 256U << 10;    // of free blocks, when all is quiet
  std::function<void()> after_trim = {};      // blocks have gone back, a megabyte or more of them
  duration linger = std::chrono::seconds(1);  // for a client to read its last replies
  std::shared_ptr<slow_logs> slow = std::make_shared<slow_logs>();  // every copy's: one SLOWLOG
  duration clock_to_unix{};  // added to an instant: time since 1970, for what is shown to people
};

// What the proxy tells the log: only what is worth a line, never a request. Handed in.
class log_sink {
 public:
  virtual ~log_sink() = default;
  virtual void client_closed(const std::string& pool,
                             std::string_view peer,
                             std::error_code why) = 0;
  virtual void server_closed(const std::string& pool,
                             const std::string& server,
                             std::string_view why) = 0;
  // What it has said cannot be right (P7); it is closed next.
  virtual void response_doubted(const std::string& /*pool*/, const std::string& /*server*/) {}
  // `why` is its last failure; it is to be probed after that time, and again as often.
  virtual void server_ejected(const std::string& pool,
                              const std::string& server,
                              std::string_view why,
                              duration retry_after) = 0;
  virtual void server_returned(const std::string& pool,
                               const std::string& server,
                               duration out_for) = 0;
  // Its name leads to another address than it did.
  virtual void server_moved(const std::string& pool,
                            const std::string& server,
                            std::string_view from,
                            std::string_view to) = 0;
};

class proxy final : public io::handler {
 public:
  // `world` and `log` outlive the proxy.
  proxy(const config& with, const proxy_options& how, io::network& world, log_sink& log);
  ~proxy() override;

  // Opens every pool's listener, and a connection to each server where preconnect asks for it. On
  // failure says for every pool that failed which address it was and why, a line each.
  std::expected<void, std::string> start(instant now);

  // Accepts who has connected already, as far as can be told, and then nobody; answers what was
  // asked, closes each client when it has its replies. To be called on the loop's thread, within a
  // turn.
  void drain(instant now);
  bool drained() const { return idle() && (!drains_from_ || listeners_.size() == 0); }
  bool idle() const { return clients_.size() == 0; }  // no client is there

  // Another configuration takes over in two steps, so that all workers do it or none. prepare()
  // opens what `next` listens at and nobody did; on failure nothing has changed, and the error says
  // why, a line each. Either forget_prepared() undoes it, or adopt() goes on with `next`, which was
  // prepared: unchanged pools stay as they are; clients of changed ones keep their connections, as
  // do servers of the same name and address; pools and servers that are no more, and the clients of
  // pools whose protocol, password or database is another, end when they are owed nothing. Backlog
  // and mode of a listener that stays are those it was opened with; client_connections_max is as in
  // proxy_options, and turns nobody out. To be called on the loop's thread, within a turn.
  std::expected<void, std::string> prepare(const config& next);
  void forget_prepared();
  void adopt(const config& next, std::size_t client_connections_max, instant now);

  // How it was made.
  const proxy_options& options() const { return options_; }

  // Pools of the configuration that holds; those that only finish what they have do not count.
  std::size_t pool_count() const { return pools_.size(); }

  // Of pool `at` in config.pools; may be read from any thread.
  const pool_counters& counters(std::size_t at) const { return pools_[at]->counters; }
  // Likewise, and of its server `server`.
  const server_counters& counters(std::size_t at, std::uint32_t server) const {
    return *pools_[at]->server_counts[server];
  }
  // Both, to keep: what was counted outlives a pool that is gone.
  pool_view view(std::size_t at) const { return pools_[at]->view(); }
  const worker_counters& connection_counters() const { return counters_; }

  // How the servers of pool `at` feel.
  const server_pool& servers(std::size_t at) const { return pools_[at]->servers; }

  // Where pool `at` listens, after start(): the port that was chosen for port 0.
  endpoint listening_at(std::size_t at) const {
    return listeners_.find(pools_[at]->listener)->door->where();
  }

  // Memory in use and taken from the system, for tests: constant at rest and in a steady state.
  const block_pool& blocks() const { return blocks_; }

  // Calls visit(side) for each connection, in an order that is the same for the same history: for
  // who only looks, such as a picture or a simulator that wants to know whether it was here before.
  template <class Visit>
  void for_each_client(Visit visit) const {
    clients_.for_each([&](token, const client_side& each) { visit(each); });
  }
  template <class Visit>
  void for_each_server(Visit visit) const {
    servers_.for_each([&](token, const server_side& each) { visit(each); });
  }

  // What the last on_turn_end answered, unless something was earlier since.
  std::optional<instant> wake() const { return wake_; }

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

 private:
  // How a server connection is lost: the server has left it, it broke, was too late, said what it
  // should not have said, or nobody needs it.
  // `own` is no fault of the server's: we have no descriptor.
  enum class loss { end_of_stream, error, timeout, distrust, spare, own };

  // Why: as who waits is told, and as it stands in the log.
  struct reason {
    std::string_view told;
    std::string_view logged;
  };

  // Where clients come from. No pool: prepared for one that is to come.
  struct listening {
    endpoint asked;
    std::unique_ptr<io::listener> door;
    running_pool* pool = nullptr;
  };

  // proxy.cc: connections come and go
  std::expected<token, std::string> open_listener(const pool_config& of);
  void close_listener(token name);
  void close_listeners(instant now);
  void connect_ahead(instant now);
  void forget(server_side& server);
  bool full(const running_pool& pool) const;
  void turn_away(io::socket& peer, running_pool& pool);
  server_side& connect(running_pool& pool, std::uint32_t server, token& lane, instant now);
  void close_client(client_side& client, std::error_code why);
  void close_server(server_side& server, loss how, std::string_view why, instant now);
  void close_server(server_side& server, loss how, const reason& why, instant now);
  void lose_server(server_side& server, std::error_code why, instant now);
  void settle_lost(server_side& lost,
                   std::optional<std::uint32_t> lane,
                   std::string_view why,
                   instant now);
  static bool is_failure(const server_side& server, loss how);
  void count_failure(server_side& server, std::string_view why, instant now);
  duration since_1970(instant now) const;

  // probe.cc: is a server that is out well again?
  void probe_servers(running_pool& pool, instant now);
  void probe(running_pool& pool, std::uint32_t server, instant now);
  void on_probe_answered(server_side& server, bool well, instant now);
  void on_probe_lost(server_side& server, instant now);
  token* free_lane(running_pool& pool, std::uint32_t server);

  // resolve.cc: does a connected server's name lead elsewhere by now?
  void resolve_again(running_pool& pool, instant now);
  void scout(running_pool& pool, std::uint32_t server, instant now);
  server_side* scout_of(const running_pool& pool, std::uint32_t server);
  void on_scout_connected(server_side& scout, instant now);
  void follow(server_side& server);
  void let_follow(const server_side& gone);

  // reload.cc: another configuration takes over
  std::unique_ptr<running_pool> begin(const pool_config& pool,
                                      const running_pool* before = nullptr);
  std::unique_ptr<running_pool> succeed(std::unique_ptr<running_pool> old,
                                        const pool_config& as,
                                        instant now);
  void move_over(running_pool& from, running_pool& to, instant now);
  void move_over(server_side& server, running_pool& to, std::uint32_t at, instant now);
  void retire(std::unique_ptr<running_pool> pool);
  void dismiss_clients(running_pool& pool);
  void dismiss_servers(running_pool& pool);
  void put_away(server_side& server);
  void bury();
  void hand_out_listeners();
  token listener_at(const endpoint& where);

  // serve.cc: from a client's bytes to a decision for each request
  void on_client_ready(client_side& client, io::readiness what, instant now);
  void serve(client_side& client, instant now);
  void handle(client_side& client, request& asked, instant now);
  void reply(client_side& client, const request& asked, std::string_view text);
  void refuse_unfinished(client_side& client);
  void take_last(client_side& client);
  void discard(client_side& client);

  // forward.cc: from a request to servers' outboxes
  void forward(client_side& client, const request& asked, instant now);
  bool place_keys(running_pool& pool, const request& asked);
  void forward_whole(client_side& client, const request& asked, std::uint32_t server, instant now);
  void forward_to(client_side& client, const request& asked, const server_range& all, instant now);
  void forward_split(client_side& client, const request& asked, instant now);
  void forward_parts(client_side& client,
                     const request& asked,
                     std::unique_ptr<split_request> plan,
                     instant now);
  void ask_part(server_side& server,
                const request& asked,
                const split_request& plan,
                const ticket& owner,
                instant now,
                std::optional<instant> deadline);
  server_side& lane_of(client_side& client, std::uint32_t server, instant now);
  void asked(client_side& client, server_side& server, std::optional<instant> deadline);
  void refuse(client_side& client, const request& asked, std::string_view why);

  // relay.cc: from a server's bytes to clients' reply windows
  void on_server_ready(server_side& server, io::readiness what, instant now);
  void hear_out(server_side& server, std::error_code why, instant now);
  void greet(server_side& server, instant now);
  void relay(server_side& server, instant now);
  client_side* find(const ticket& owner);
  bool deliver(const answer& came);
  void keep_slow(running_pool& pool, const answer& came, instant now);
  void give_up(const answer& lost, std::string_view server, std::string_view why);
  void fail(client_side& client,
            const ticket& owner,
            std::string_view server,
            std::string_view why);
  template <class Bytes>
  void settle(client_side& client, const ticket& owner, const Bytes& reply, bool failed);

  // turn.cc: deadlines, and one write for each connection that has something to say
  void expire(instant now);
  void expire(server_side& server, instant now);
  void expire(client_side& client, instant now);
  void wake_by(std::optional<instant> when);
  void resume_clients(instant now);
  void flush_servers(instant now);
  void flush_clients(instant now);
  void flush(server_side& server, instant now);
  void flush(client_side& client, instant now);
  void end(client_side& client, instant now);
  void let_go(server_side& server);
  void trim(instant now);
  void mark_dirty(client_side& client);
  void mark_dirty(server_side& server);
  void resume(client_side& client);

  proxy_options options_;
  io::network& world_;
  log_sink& log_;
  block_pool blocks_;
  split_pool splits_;
  std::vector<std::unique_ptr<running_pool>> pools_;
  std::vector<std::unique_ptr<running_pool>> retired_;  // have clients or connections left
  worker_counters counters_;

  slot_table<listening> listeners_;
  slot_table<client_side> clients_;
  slot_table<server_side> servers_;
  std::vector<token> dirty_clients_, dirty_servers_, resumable_clients_;
  std::optional<instant> wake_;  // no deadline is earlier than this
  std::optional<instant> trim_at_;
  std::uint64_t client_ids_ = 0;
  std::optional<instant> drains_from_;
  instant last_accept_{};  // of a proxy that drains

  // Scratch of one request, kept for its storage.
  request request_;
  std::string text_;
  std::vector<std::uint32_t> server_of_key_;
  std::vector<std::uint32_t> keys_of_part_;
};

}  // namespace dovetail
