// Conversations: tests that read as one, and are repeated byte by byte and with a failure at each
// step.
//
//     each_way(redis_pool("s1"), [](conversation& talk) {
//       talk.client_sends("a", resp("GET", "k"));
//       talk.server_receives("s1", resp("GET", "k"));
//       talk.server_sends("s1", "$1\r\nv\r\n");
//       talk.client_receives("a", "$1\r\nv\r\n");
//     });

#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "proxy/proxy.h"
#include "proxy/testing/scripted_network.h"

namespace dovetail::testing {

// A RESP array of bulk strings: how redis clients write a request.
template <class... Words>
std::string resp(const Words&... words) {
  std::string text = "*" + std::to_string(sizeof...(words)) + "\r\n";
  const auto add = [&](std::string_view word) {
    text += "$" + std::to_string(word.size()) + "\r\n" + std::string(word) + "\r\n";
  };
  (add(words), ...);
  return text;
}

// A text again and again, and a RESP bulk string of so many bytes: for conversations about large
// amounts.
std::string times(std::size_t count, std::string_view text);
std::string bulk(std::size_t bytes);

// Pools whose servers are hosts of these names. Modula over crc32a, so that a test can see where a
// key goes; key_for("s2") finds a key.
pool_config redis_pool(std::initializer_list<const char*> servers);
pool_config memcache_pool(std::initializer_list<const char*> servers);

class conversation {
 public:
  // What goes wrong, and before which step (counted from 0).
  enum class trouble { none, servers_reset, servers_finish, client_resets };
  struct manner {
    std::size_t step_max = std::string::npos;  // bytes a read or write moves
    trouble what = trouble::none;
    std::size_t at_step = 0;
    std::string whom;                   // the client that resets
    std::size_t replies_at_first = 16;  // more than by default, so that they can ask at once
    std::function<void()> after_trim = {};
  };

  conversation(const pool_config& pool, const manner& how);
  ~conversation();

  // Clients connect by being named.
  void client_sends(const std::string& client, std::string_view bytes);
  // It has sent this, and is accepted only now.
  void client_had_sent(const std::string& client, std::string_view bytes);
  void client_finishes(const std::string& client);
  void client_resets(const std::string& client);
  void client_stops_reading(const std::string& client);
  void client_reads_again(const std::string& client);
  // Everything that came since the last time, exactly.
  void client_receives(const std::string& client, std::string_view bytes);
  void client_is_closed(const std::string& client);

  void server_receives(const std::string& server, std::string_view bytes);
  void server_sends(const std::string& server, std::string_view bytes);
  void server_finishes(const std::string& server);
  void server_resets(const std::string& server);
  void server_stops_reading(const std::string& server);
  void server_reads_again(const std::string& server);
  void server_refuses(const std::string& server);
  void server_is_unreachable(const std::string& server);
  void server_is_closed(const std::string& server);

  // Everything that the log was told of servers.
  void log_says(std::string_view lines);

  void passes(std::chrono::milliseconds time);
  void proxy_stops();
  // With another configuration, of the same pool or of one with another name.
  void proxy_reloads(const pool_config& pool);

  // Some key, different for each `number`, that belongs to `server`.
  std::string key_for(const std::string& server, int number = 0) const;

  // For what has no verb.
  proxy& subject() { return *proxy_; }
  scripted_network& network() { return network_; }
  wire& client(const std::string& name);
  const pool_counters& counters() const { return proxy_->counters(0); }
  const server_counters& counters_of(std::uint32_t server) const {
    return proxy_->counters(0, server);
  }
  std::size_t steps() const { return steps_; }
  bool stopped() const { return stopped_; }
  void settle_down();

  // All that each client was to receive by the end, piece by piece, in this run; and what it got.
  const std::map<std::string, std::vector<std::string>>& expected() const { return expected_; }
  const std::map<std::string, std::string>& received() const { return received_; }

 private:
  struct kept_log;

  void step();
  void make_trouble();
  void turn();
  bool at_rest() const;
  bool exact() const { return how_.what == trouble::none; }
  wire& server(const std::string& name);
  void accept(wire& from);

  config config_;
  manner how_;
  std::unique_ptr<kept_log> log_;
  scripted_network network_;
  std::unique_ptr<proxy> proxy_;
  instant now_{std::chrono::seconds(1)};
  std::optional<instant> wake_;
  std::size_t steps_ = 0;
  bool stopped_ = false;
  std::map<std::string, wire*> clients_;
  std::set<std::string> astray_;  // servers that were asked other things than the script says
  std::map<std::string, std::vector<std::string>> expected_;
  std::map<std::string, std::string> received_;
};

// Runs the conversation as written; byte by byte; and, for each of its steps, with the servers or a
// client failing before it. Where something fails, every client must have got some of its replies
// in order, errors in place of others, and nothing else (P1 to P4), and nothing may be left over
// (P11).
void each_way(const pool_config& pool, const std::function<void(conversation&)>& script);

// Once, at most `step_max` bytes in a read or write: for conversations about large amounts.
void in_steps_of(std::size_t step_max,
                 const pool_config& pool,
                 const std::function<void(conversation&)>& script);

// Only as written and byte by byte: for conversations that are about time or about a failure.
void both_speeds(const pool_config& pool, const std::function<void(conversation&)>& script);

}  // namespace dovetail::testing
