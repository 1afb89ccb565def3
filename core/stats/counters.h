// What happened, counted by one worker and read by whoever shows it.

#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace dovetail {

// Written by one thread, readable by all; adding costs no locked instruction.
class counter {
 public:
  void add(std::int64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void set(std::int64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

// Names and meanings as twemproxy's stats; what it counted wrongly is counted rightly.
struct server_counters {
  counter server_eof;          // closes by the server's end of stream
  counter server_err;          // closes by an error other than a timeout
  counter server_timedout;     // times that requests on a connection timed out together
  counter server_connections;  // open now
  counter server_ejected_at;   // microseconds since 1970, 0: never
  counter requests, request_bytes;
  counter responses, response_bytes;
  counter in_queue, in_queue_bytes;    // not yet written, now
  counter out_queue, out_queue_bytes;  // written and not yet answered, now
};

struct pool_counters {
  explicit pool_counters(std::size_t server_count) : servers(server_count) {}

  counter client_eof;          // client connections ended by their end of stream
  counter client_err;          // … by an error
  counter client_connections;  // open now
  counter server_ejects;
  counter forward_error;       // error replies made by the proxy for forwarded requests
  counter fragments;           // parts that split requests were divided into
  counter doubtful_responses;  // responses that could not be right: their connection was ended
  std::vector<server_counters> servers;
};

// Of one worker.
struct worker_counters {
  counter total_connections;  // ever: clients, servers, listeners
  counter curr_connections;   // open now
  counter stale_events;       // events for connections that were gone
};

}  // namespace dovetail
