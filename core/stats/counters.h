// What happened, counted by one worker and read by whoever shows it.

#pragma once

#include <array>
#include <cstdint>

#include "base/request_class.h"
#include "stats/counter.h"
#include "stats/latency.h"

namespace dovetail {

// Of the requests of a class that a server answered, late or not. All are moments of a turn, so
// that what happens within one turn takes no time.
struct request_times {
  latency_histogram queue;  // from its place in line until it was written: connecting included
  latency_histogram wire;   // from there until its response was read
  latency_histogram whole;  // both
};

// Names and meanings as twemproxy's stats; what it counted wrongly is counted rightly. What it did
// not count is not in its document, but is shown to Prometheus (metrics.h).
//
// Nothing is forgotten. After each event, of each server:
//     requests  = responses + lost + in_queue + out_queue
//     responses = delivered + swallowed
struct server_counters {
  counter server_eof;          // closes by the server's end of stream
  counter server_err;          // closes by an error other than a timeout
  counter server_timedout;     // times that requests on a connection timed out together
  counter server_connections;  // open now
  counter server_ejected_at;   // microseconds since 1970, 0: never
  counter ejected;             // 1: it is out now; 0: it is not
  counter requests, request_bytes;
  counter responses, response_bytes;
  counter delivered;  // of the responses: went to the client, or into the reply, that waits for it
  counter swallowed;  // of the responses: late, not wanted (noreply), or their client had left
  counter absorbed;   // of those swallowed: came after their request had timed out
  counter lost;       // requests whose response will never come: their connection ended
  counter in_queue, in_queue_bytes;    // not yet written, now
  counter out_queue, out_queue_bytes;  // written and not yet answered, now

  std::array<request_times, request_class_count> times;
  latency_histogram connect;  // of the attempts that succeeded, without AUTH and SELECT
};

// Likewise of a pool:
//     requests_taken = requests_replied + requests_silent + requests_dropped
//                    + places in the reply windows of the clients that are there
struct pool_counters {
  counter client_eof;          // client connections ended by their end of stream
  counter client_err;          // … by an error
  counter client_connections;  // open now
  counter server_ejects;
  counter forward_error;       // error replies made by the proxy for forwarded requests
  counter fragments;           // parts that split requests were divided into
  counter doubtful_responses;  // responses that could not be right: their connection was ended
  counter clients_refused;     // turned away because there were as many as there may be
  counter client_pauses;       // times that a client was not read from any more, for the time being
  counter requests_taken;      // of clients; what is malformed and ends its stream is one, too
  counter requests_replied;    // the reply, or error, is in line to be written
  counter requests_silent;     // have no reply coming: noreply, blank lines
  counter requests_dropped;    // the client left before the reply was in line
  counter requests_refused;    // answered with an error of the proxy's, not forwarded
};

// Of one worker.
struct worker_counters {
  counter total_connections;  // ever: clients, servers, listeners
  counter curr_connections;   // open now
  counter stale_events;       // events for connections that were gone
  counter reloads;            // configurations that took over from another one
};

}  // namespace dovetail
