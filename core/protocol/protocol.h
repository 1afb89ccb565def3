// What a protocol must be able to do: parse, judge, split, join, refuse, greet.
//
// One object of each class below serves a pool (protocol) or a connection (the parsers); they are
// called once a message or part. redis/ and memcache/ implement them in files of the same names.

#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/time.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "message/response.h"
#include "message/split_request.h"

namespace dovetail {

enum class parse_status : std::uint8_t {
  complete,    // one message was found
  incomplete,  // more bytes are needed
  malformed,   // the stream cannot be understood again: answer error() and close
};

// What a peer may make us take.
struct message_limits {
  std::uint64_t message_bytes_max = 512U << 20;  // redis's proto-max-bulk-len; also whole messages
  std::uint32_t arguments_max = 1U << 20;        // redis's limit on the elements of a request
  std::uint32_t nesting_max = 8192;          // of a reply's arrays; scripts of redis 7.0 reach 7995
  std::uint32_t line_bytes_max = 64U << 10;  // inline requests, header and status lines
  std::uint32_t key_bytes_max = 250;         // memcached's; redis keys are bounded by message

  // Of a client that has not said its password: as redis networking.c, processMultibulkBuffer.
  std::uint32_t stranger_arguments_max = 10;
  std::uint32_t stranger_argument_bytes_max = 16384;

  // A message may be a line longer than the largest argument or block. Extents are 32 bits wide.
  constexpr std::uint64_t whole_bytes_max() const {
    return std::min<std::uint64_t>(message_bytes_max + line_bytes_max,
                                   std::numeric_limits<std::uint32_t>::max());
  }
};

// Finds the requests in what one client sends. Resumable: give it the unread bytes again and again
// as they grow; it remembers how far it got and looks at each byte once. After `complete` the
// caller consumes request.consumed bytes and the parser is at the next message.
class request_parser {
 public:
  virtual ~request_parser() = default;

  // Announces the message's length to `from` (inbox::expect) once it knows it; shares the bytes of
  // a complete request from it. Consumes by itself, while `incomplete`, what of a refused request
  // nobody needs (a memcached data block that is too large).
  virtual parse_status parse(inbox& from, request& found) = 0;

  // After `malformed`: the whole reply that says why, line end included.
  virtual std::string_view error() const = 0;

  // Whether its client has said the password, where there is one; at first it has. Requests of
  // others may be refused when they are larger than any that says it.
  virtual void trust(bool /*authenticated*/) {}
};

// Finds the responses in what one server sends, in the same way. The bytes stay in the inbox: the
// caller shares response.size of them and consumes.
class response_parser {
 public:
  virtual ~response_parser() = default;
  virtual parse_status parse(inbox& from, response& found) = 0;
};

// What a client connection has said of itself.
struct session {
  // CLIENT REPLY: replies are sent; are not; that of the next request is not.
  enum class reply_mode : std::uint8_t { on, off, skip };

  std::uint64_t id = 0;        // of the connection; answers CLIENT ID
  bool authenticated = true;   // false at first where the pool has a password
  std::string_view peer = {};  // its address, for people; outlives the session
  duration connected{};        // when, since 1970
  duration now{};              // of the request at hand, since 1970
  std::string name = {};       // CLIENT SETNAME
  std::string library = {};    // CLIENT SETINFO
  std::string library_version = {};
  reply_mode replies = reply_mode::on;
  bool muted = false;  // set by filter: the request at hand is not to be answered, but is served
};

enum class verdict : std::uint8_t {
  forward,  // to the server or servers of its keys
  answer,   // the proxy answers itself
  ignore,   // no reply: blank lines, *0
  hang_up,  // answer (perhaps with nothing), then close once every earlier reply is out
};

// Servers that get a whole request whatever keys it has, by their places in the pool: all of them,
// or one. Empty: the servers of its keys get it.
struct server_range {
  std::uint32_t first = 0;
  std::uint32_t end = 0;

  bool empty() const { return first == end; }
};

class protocol {
 public:
  virtual ~protocol() = default;

  virtual std::unique_ptr<request_parser> new_request_parser() const = 0;
  virtual std::unique_ptr<response_parser> new_response_parser() const = 0;

  // What happens with `asked`. An answer's whole text is put into `answer` (cleared before). Where
  // who.muted is set behind it, the client is told nothing, whatever comes.
  virtual verdict filter(const request& asked, session& who, std::string& answer) const = 0;

  // Who gets the request, where its keys do not say. The replies are joined as those to the parts
  // of a split request are, also where there is one.
  virtual server_range audience(const request& asked) const = 0;

  // Whether a request with keys on several servers may be divided. Where not, the reply is
  // crossing_refusal().
  virtual bool splits(const request& asked) const = 0;
  virtual std::string_view crossing_refusal() const = 0;

  // Writes the request as a server shall get it: as received where that is canonical.
  virtual void write(const request& asked, outbox& out) const = 0;

  // Writes the same request for some of its keys only: indices into asked.keys, ascending.
  virtual void write_part(const request& asked,
                          std::span<const std::uint32_t> keys,
                          outbox& out) const = 0;

  // Which responses could answer the request, or its part with these keys. Appends to `echo` what
  // the response must repeat (expectation.echo_size bytes of it).
  virtual expectation expect(const request& asked, byte_queue& echo) const = 0;
  virtual expectation expect_part(const request& asked,
                                  std::span<const std::uint32_t> keys,
                                  byte_queue& echo) const = 0;

  // Fills in how the parts' replies are joined: `join`, and the keys if it needs them.
  virtual void plan_join(const request& asked, split_request& plan) const = 0;

  // Whether `join` can give the error of a part that failed to its own keys (split_request.by_key).
  virtual bool fails_by_key(const request& asked) const = 0;

  // Could `came`, whose bytes are `bytes`, answer what was expected with `echo`?
  virtual bool plausible(const expectation& expected,
                         std::string_view echo,
                         const response& came,
                         std::string_view bytes) const = 0;

  // The reply that tells a client why its request failed: "-ERR why\r\n" or "SERVER_ERROR why\r\n",
  // appended to `out`.
  virtual void refuse(std::string_view why, std::string& out) const = 0;

  // Whether `reply`, one that the proxy made, is an error.
  virtual bool is_error(std::string_view reply) const = 0;

  // What a new server connection must be told before any client's request (AUTH, SELECT), each a
  // whole request that must be answered without an error. Empty where nothing is needed.
  virtual const std::vector<std::string>& greeting() const = 0;

  // What of the greeting nobody but a server may read; empty where there is none.
  virtual std::string_view secret() const = 0;

  // Whether `came`, which is no error, accepts one of these.
  virtual bool accepts_greeting(const response& came) const = 0;

  // What a server is asked that may be well again: a whole request without a key. Any response that
  // is plausible and no error says that it is.
  virtual std::string_view probe() const = 0;
  virtual expectation expect_probe() const = 0;
};

// The rule of twemproxy for commands without a key (nc_core.h): they go to this key's server.
inline constexpr std::string_view keyless_key = "placeholder";

}  // namespace dovetail
