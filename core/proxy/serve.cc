// From a client's bytes to a decision for each request.

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/slice.h"
#include "io/socket.h"
#include "protocol/protocol.h"
#include "proxy/proxy.h"
#include "proxy/sides.h"
#include "stats/counters.h"

namespace dovetail {

void proxy::on_client_ready(client_side& client, io::readiness what, instant now) {
  if (io::can_write(what)) mark_dirty(client);
  if (!io::can_read(what)) return;
  if (client.linger_until) return discard(client);
  if (client.talk.finishing()) return;

  const auto filled = client.io.fill(client.talk.input());
  if (!filled) return close_client(client, filled.error());
  if (*filled == connection::filled::end) {
    // Not a close: replies may still be owed. What is left in the inbox is no whole request.
    client.peer_finished = true;
    client.talk.finish();
    return mark_dirty(client);
  }
  client.last_active = client.last_read = now;
  client.kept_waiting = false;
  client.talk.coming().begin();
  serve(client, now);
  wake_by(client.idle_at());
}

// Takes requests until the inbox has no whole one or the client has to wait.
void proxy::serve(client_side& client, instant now) {
  client.paused = false;
  while (!client.talk.input().empty()) {
    if (!client.may_take(now)) {
      count_held(client);
      client.paused = !client.talk.finishing();
      if (client.paused) client.pool->counters.client_pauses.add();
      return;
    }
    const parse_status status = client.talk.next(request_);
    if (status == parse_status::malformed) {
      client.pool->counters.requests_taken.add();
      client.pool->counters.requests_refused.add();
      request_.bytes = slice();  // a parser may have written the request anew before it refused it
      return mark_dirty(client);
    }
    if (status == parse_status::incomplete) break;
    handle(client, request_, now);
    client.talk.consume(request_);
    request_.bytes = slice();
  }
  count_held(client);
  if (client.pool->is_full() &&
      client.talk.input().size() > client.pool->share_of(client.pool->clients)) {
    return refuse_unfinished(client);
  }
  if (client.pool->draining) return take_last(client);
  client.io.watch(io::readiness::readable);
}

// It could only become less by becoming more.
void proxy::refuse_unfinished(client_side& client) {
  pool_counters& counts = client.pool->counters;
  counts.requests_taken.add();
  counts.requests_refused.add();
  text_.clear();
  client.pool->speaks->refuse("the pool holds too many bytes for a request of this size", text_);
  client.talk.answer(text_);
  client.talk.finish();
  inbox& input = client.talk.input();
  input.consume(input.size());
  mark_dirty(client);
}

// What had come when the client was dismissed is still taken: a read a turn, until one finds
// nothing.
void proxy::take_last(client_side& client) {
  inbox& input = client.talk.input();
  const std::size_t before = input.size();
  const auto filled = client.io.fill(input);
  if (!filled) return close_client(client, filled.error());
  if (*filled == connection::filled::some && client.last_bytes > 0) {
    client.last_bytes -= std::min(client.last_bytes, input.size() - before);
    client.paused = true;
    return resume(client);
  }
  client.peer_finished = *filled == connection::filled::end;
  client.talk.finish();
  mark_dirty(client);
}

void proxy::handle(client_side& client, request& asked, instant now) {
  text_.clear();
  pool_counters& counts = client.pool->counters;
  counts.requests_taken.add();
  session& who = client.talk.who();
  who.now = since_1970(now);
  const verdict what = client.pool->speaks->filter(asked, who, text_);
  if (who.muted) asked.reply_wanted = false;
  switch (what) {
    case verdict::ignore:
      return counts.requests_silent.add();
    case verdict::forward:
      return forward(client, asked, now);
    case verdict::answer:
      return reply(client, asked, text_);
    case verdict::hang_up:
      reply(client, asked, text_);
      client.talk.finish();
      return mark_dirty(client);
  }
}

void proxy::reply(client_side& client, const request& asked, std::string_view text) {
  if (client.pool->speaks->is_error(text)) client.pool->counters.requests_refused.add();
  if (!asked.reply_wanted || text.empty()) return client.pool->counters.requests_silent.add();
  client.talk.answer(text);
  mark_dirty(client);
}

// A client that was told everything: reads to its end of stream, so that closing does not reset the
// connection and destroy replies which are still on their way.
void proxy::discard(client_side& client) {
  inbox rubbish(blocks_);
  const auto filled = client.io.fill(rubbish);
  if (!filled || *filled == connection::filled::end) return close_client(client, {});
  client.io.watch(io::readiness::readable);
}

}  // namespace dovetail
