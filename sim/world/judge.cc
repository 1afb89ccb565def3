// What clients are told.

#include "sim/world/judge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sim/model/client_observer.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/world/asked.h"
#include "sim/world/asked_of_pool.h"
#include "sim/world/ledger.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

std::string quote(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes.substr(0, 120)) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + (bytes.size() > 120 ? "…\"" : "\"");
}

// Whether an error says that the connection to a server was lost.
bool tells_loss(std::string_view error) {
  return error.contains("closed the connection") || error.contains("reset by peer") ||
         error.contains("Broken pipe");
}

}  // namespace

judge::judge(const scene& of, const network& wires) : scene_(&of), wires_(&wires) {
  clients_.resize(of.clients.size());
  standings_.resize(of.servers);
  for (std::uint32_t client = 0; client < of.clients.size(); ++client) {
    std::size_t end = 0;
    for (std::uint32_t request = 0; request < of.clients[client].steps.size(); ++request) {
      request_record made{.what = compile(of, client, request), .reply = {}, .parts = {}};
      end += made.what.bytes.size();
      made.end = end;
      made.parts.resize(made.what.parts.size());
      clients_[client].requests.push_back(std::move(made));
    }
  }
}

void judge::fail(oracle rule, std::string text) {
  const bool minded = ((scene_->oracles_off >> static_cast<unsigned>(rule)) & 1U) == 0;
  if (!found_.good() || !minded) return;
  found_ = {.broken = rule, .at = now(), .text = std::move(text)};
}

void judge::on_connected(client_name who, instant) {
  clients_[who.client].connected = true;
}

void judge::on_sent(client_name who, std::size_t size, instant at) {
  client_record& by = clients_[who.client];
  for (request_record& each : by.requests) {
    const bool begun = each.end - each.what.bytes.size() < by.written + size;
    if (begun && each.sent == no_event) each.sent = now();
    if (each.end <= by.written || each.end > by.written + size) continue;
    each.whole_at = at;
    each.lost_before = lost_;
  }
  by.written += size;
}

// Foreign bytes are looked for in everything, whether it is understood or not.
void judge::on_received(client_name who, std::string_view bytes, instant) {
  const auto whose = find_tag(bytes);
  if (!whose || whose->client == who.client || whose->client == 99) return;
  const bool shifted = std::ranges::any_of(lines_, &server_line::shifted);
  if (shifted && !echoes_another(bytes, who.client)) return;
  fail(oracle::no_foreign_byte, "client " + std::to_string(who.client) +
                                    " received what belongs to client " +
                                    std::to_string(whose->client) + ": " + quote(bytes));
}

void judge::on_reply(client_name who, request_number number, std::string_view reply, instant) {
  client_record& by = clients_[who.client];
  ++by.replies;
  if (by.refused) return judge_refused(by, who.client, number, reply);
  if (number == no_request || number >= by.requests.size()) {
    const bool quiet = std::ranges::any_of(
        by.requests, [](const request_record& each) { return !each.what.replied; });
    return fail(
        quiet ? oracle::noreply : oracle::exactly_one,
        "client " + std::to_string(who.client) + " received a reply to nothing: " + quote(reply));
  }
  judge_reply(by, who.client, by.requests[number], reply);
}

void judge::judge_reply(client_record& by,
                        std::uint32_t client,
                        request_record& to,
                        std::string_view reply) {
  if (std::exchange(to.replied, true)) {
    return fail(oracle::exactly_one, describe(to, client) + " was answered twice");
  }
  if (keeps_replies_) to.reply = reply;
  to.timed_out = reply.contains("timed out");
  // Of what became of several parts the client is not told everything.
  const bool due = scene_->net.leaps || wires_->now() - to.whole_at >= scene_->timeout;
  to.failed_late = to.timed_out || (to.what.parts.size() > 1 && due);
  judge_time(by, to, client);
  if (to.what.parts.empty()) return judge_local(to, reply, client);
  const auto right = expected(to);
  const bool fits =
      right && (to.what.what == verb::exact ? matches(reply, *right) : reply == *right);
  if (fits) return judge_trust(to);
  if (excused(to) && echoes_only(to, reply)) return;
  if (was_overdue(by, to, reply) || failure_is_fine_somehow(to, reply)) return;
  if (is_error(reply, scene_->redis) && !(scene_->redis && fails_by_key(to))) {
    return fail(oracle::errors_justified,
                describe(to, client) + " got an error without a reason: " + quote(reply));
  }
  const auto whose = find_tag(reply);
  const bool foreign = whose && whose->client != client && whose->client != 99;
  const oracle rule = foreign                        ? oracle::no_foreign_byte
                      : whose && whose->client == 99 ? oracle::plausibility
                      : to.what.parts.size() > 1     ? oracle::fragments
                                                     : oracle::pairing;
  fail(rule, describe(to, client) + " got " + quote(reply) + ", " +
                 (right ? "not " + quote(*right) : std::string("but was not served")));
}

// Whether no server was asked, because it had waited for a whole time-out behind requests of its
// client that timed out.
bool judge::was_overdue(const client_record& by,
                        const request_record& of,
                        std::string_view reply) const {
  if (scene_->timeout == duration::zero() || !is_error(reply, scene_->redis)) return false;
  if (!reply.ends_with("Connection timed out\r\n")) return false;
  const auto asked = [](const part_record& each) { return each.link != 0; };
  if (reply.contains("server \"") || std::ranges::any_of(of.parts, asked)) return false;
  if (!scene_->net.leaps && wires_->now() - of.whole_at < scene_->timeout) return false;
  const std::span before(by.requests.data(), static_cast<std::size_t>(&of - by.requests.data()));
  return std::ranges::any_of(before, &request_record::failed_late);
}

// As the request was divided.
bool judge::failure_is_fine(const request_record& to, std::string_view reply) const {
  const bool by_key = fails_by_key(to);
  if (by_key && (scene_->redis ? array_is_fine(to, reply) : values_are_fine(to, reply))) {
    return true;
  }
  return is_error(reply, scene_->redis) && !(scene_->redis && by_key) && error_is_fine(to, reply);
}

// An answer may be late by a time-out of its own and by one of a server that is given up; where a
// limit lets a client have only so many requests unanswered, by those of the ones before it as
// well. Time that was lost does not count, and who does not read is not told in time.
void judge::judge_time(const client_record& by, const request_record& of, std::uint32_t client) {
  if (scene_->timeout == duration::zero() || healed_ || scene_->net.leaps || by.was_deaf) return;
  const auto waited = wires_->now() - of.whole_at - (lost_ - of.lost_before);
  const auto before = &of - by.requests.data();
  if (waited <= scene_->timeout * (scene_->limited() ? 2 + before : 2)) return;
  fail(oracle::liveness, describe(of, client) + " was answered long after its time");
}

// Whether it let so many deadlines pass that its connection may be ended, with whoever waits there.
bool judge::is_always_late(std::uint32_t server) const {
  constexpr std::ptrdiff_t misses_max = 16;
  std::ptrdiff_t misses = 0;
  for (const client_record& by : clients_) {
    misses += std::ranges::count_if(by.requests, [=, this](const request_record& each) {
      return each.timed_out && may_concern(each, server);
    });
  }
  return misses >= misses_max;
}

// Whether the part's deadline may have come: its own or, once it was sent and could be answered,
// that of a server which has been silent for a time-out after another one was due.
bool judge::may_be_due(const request_record& of, std::size_t part) const {
  const auto age = [this](const request_record& each) { return wires_->now() - each.whole_at; };
  if (age(of) >= scene_->timeout) return true;
  const std::uint32_t server = of.what.parts[part].server;
  if (is_always_late(server)) return true;
  const duration least = scene_->timeout * (of.parts[part].link != 0 ? 2 : 1);
  for (const client_record& by : clients_) {
    for (const request_record& other : by.requests) {
      if (by.written < other.end || age(other) < least) continue;
      if (may_concern(other, server)) return true;
    }
  }
  return false;
}

void judge::judge_local(const request_record& to, std::string_view reply, std::uint32_t client) {
  const bool begins_so = to.what.what == verb::echo && !scene_->redis;
  const bool fine = begins_so ? reply.starts_with(to.what.answer) : matches(reply, to.what.answer);
  if (fine) return;
  fail(oracle::local_order,
       describe(to, client) + " got " + quote(reply) + ", not " + quote(to.what.answer));
}

// What the client must be told when every part was answered without an error.
std::optional<std::string> judge::expected(const request_record& of) const {
  std::vector<std::string_view> replies;
  if (of.what.what == verb::exact) {
    for (const part_record& each : of.parts) {
      if (!each.served || each.wrong) return std::nullopt;
    }
    return of.what.answer.empty() ? of.parts[0].reply : of.what.answer;
  }
  for (const part_record& each : of.parts) {
    if (!each.served || (each.wrong && each.wrong != fault::surplus)) return std::nullopt;
    std::string_view reply = each.reply;
    if (each.wrong == fault::surplus) reply = reply.substr(0, reply.size() / 2);
    if (is_error(reply, scene_->redis)) return std::nullopt;
    replies.push_back(reply);
  }
  return join(of.what, replies);
}

// The error of one of its servers, word for word, or the proxy's own when there is a reason.
bool judge::error_is_fine(const request_record& to, std::string_view reply) const {
  // Where time leaps, any deadline may pass.
  if (scene_->net.leaps && reply.find("timed out") != std::string_view::npos) return true;
  for (std::size_t part = 0; part < to.parts.size(); ++part) {
    if (part_error_is_fine(to, part, reply)) return true;
  }
  return false;
}

// The proxy names the server where there are several, or it is none of a key's, and only then.
bool judge::part_error_is_fine(const request_record& to,
                               std::size_t part,
                               std::string_view reply) const {
  const part_record& its = to.parts[part];
  const bool own_error = its.wrong == fault::error_reply || its.wrong == fault::early_error;
  if (own_error && its.reply == reply) return true;
  const std::uint32_t server = to.what.parts[part].server;
  const std::string name = "server \"" + server_address(server).host + "\": ";
  // To half a request, of which the judge does not know whose it was; the greeting's is named.
  const bool servers_own = reply.contains("too large") && !reply.contains("refused");
  const bool of_several = to.parts.size() > 1 || is_of_pool(to.what.what);
  const bool names = of_several && !servers_own;
  if (names ? !reply.contains(name) : reply.contains("server \"")) return false;
  const bool at_once = may_have_been_out(server, to.sent) && !rehashes(to);
  if (at_once && reply.contains("Connection refused")) return true;
  const bool reason = ledger_.touches(server, to.sent, now()) && !find_tag(reply).has_value();
  const bool early = reply.contains("timed out") && !may_be_due(to, part) && !scene_->net.leaps;
  return reason && !early && !accuses_wrongly(reply, server) && !was_to_move(to, part, reply) &&
         !was_to_be_heard(to, part, reply);
}

// Whether it says that a server's response cannot be right, and all were. An answer to the greeting
// before that is written is doubted, although it is an error like others.
bool judge::accuses_wrongly(std::string_view reply, std::uint32_t server) const {
  if (!reply.contains("esponse from server") || ledger_.has_lie_of(server)) return false;
  return !scene_->password || ledger_.count(fault::early_error) == 0;
}

// Whether it fails because a connection was lost, once, that was in use before and took no byte of
// it: then it was to go over another one.
bool judge::was_to_move(const request_record& to, std::size_t part, std::string_view reply) const {
  if (!tells_loss(reply) || to.parts[part].link != 0) return false;
  if (scene_->password || scene_->eject_after > 0) return false;  // not ready, or out by then
  const std::uint32_t server = to.what.parts[part].server;
  const ledger_entry* only = nullptr;
  for (const ledger_entry& each : ledger_.entries()) {
    if (!ledger::concerns(each, server, to.sent, now())) continue;
    if (only != nullptr) return false;
    only = &each;
  }
  bool used = false;
  for (const wire& each : lines_out_) {
    if (each.server != server) continue;
    if (each.wasted || !each.begun.empty()) return false;
    used = used || (only != nullptr && each.link == only->link && each.greeted);
  }
  return used;
}

// Whether its server has answered it as it should, and written all of that.
bool judge::was_said(const part_record& its) const {
  const auto over = std::ranges::find(lines_out_, its.link, &wire::link);
  return its.served && !its.wrong && over != lines_out_.end() && over->said >= its.reply_end;
}

// Whether it fails because a connection was lost whose server had answered it before: such a reply
// can be read yet, where the network destroys nothing, and no read brings nothing although there is
// something.
bool judge::was_to_be_heard(const request_record& to,
                            std::size_t part,
                            std::string_view reply) const {
  if (scene_->net.loses || scene_->net.cuts == cutting::anywhere) return false;
  if (!tells_loss(reply) || held_back_.contains(to.parts[part].link)) return false;
  if (ledger_.has_lie_of(to.what.parts[part].server)) return false;
  return was_said(to.parts[part]);
}

// A server that answers twice or not at all while others wait shifts every later reply of that
// connection. Nobody can see that where the types fit and nothing is echoed.
bool judge::excused(const request_record& to) const {
  return std::ranges::any_of(lines_, [&](const server_line& each) {
    return each.shifted && may_concern(to, each.server);
  });
}

// Whether a value is there whose key another client asked for.
bool judge::echoes_another(std::string_view bytes, std::uint32_t client) const {
  if (scene_->redis) return false;
  constexpr std::string_view echo = "VALUE ";
  for (std::size_t at = bytes.find(echo); at != std::string_view::npos; at = bytes.find(echo)) {
    bytes.remove_prefix(at + echo.size());
    const auto whose = find_tag(bytes.substr(0, bytes.find(' ')));
    if (whose && whose->client != client && whose->client != 99) return true;
  }
  return false;
}

// Every value that is echoed was asked for.
bool judge::echoes_only(const request_record& to, std::string_view reply) {
  constexpr std::string_view echo = "VALUE ";
  for (std::size_t at = reply.find(echo); at != std::string_view::npos; at = reply.find(echo)) {
    reply.remove_prefix(at + echo.size());
    const std::string_view key = reply.substr(0, reply.find(' '));
    if (std::ranges::find(to.what.keys, key) == to.what.keys.end()) return false;
  }
  return true;
}

// A right reply, but from a connection that had shown that it cannot be trusted?
void judge::judge_trust(const request_record& to) {
  for (std::size_t at = 0; at < to.parts.size(); ++at) {
    const part_record& its = to.parts[at];
    for (const server_line& each : lines_) {
      if (each.server != to.what.parts[at].server || each.connection != its.connection) continue;
      if (each.bad_from && !each.shifted && its.arrival > *each.bad_from) {
        fail(oracle::no_reuse_after_desync,
             "a reply was passed on from a connection that was out of step: " + quote(its.reply));
      }
    }
  }
}

void judge::on_malformed(client_name who, std::string_view unread, instant) {
  fail(oracle::well_formed_output,
       "client " + std::to_string(who.client) + " cannot understand " + quote(unread));
}

void judge::on_ended(
    client_name who, client_end how, std::error_code, std::string_view unread, instant) {
  client_record& of = clients_[who.client];
  of.over = true;
  of.how = how;
  const bool by_proxy = how == client_end::finished || how == client_end::lost;
  const bool begun = of.refused && refusal().starts_with(unread);
  if (by_proxy && !of.wrong && !unread.empty() && !begun) {
    fail(oracle::well_formed_output,
         "client " + std::to_string(who.client) + " was left with half a reply: " + quote(unread));
  }
  if (!by_proxy || of.wrong == fault::client_reset) return;
  // It closed: everything that was asked must have been answered before.
  judge_silence(of, who.client);
}

void judge::judge_silence(const client_record& of, std::uint32_t client) {
  if (of.refused) return;
  for (const request_record& each : of.requests) {
    if (each.replied || !each.what.replied || each.end > of.written) continue;
    const bool closed = of.over;
    return fail(closed ? oracle::close_semantics : oracle::exactly_one,
                describe(each, client) +
                    (closed ? " was not answered before the proxy closed" : " was never answered"));
  }
}

// Errors may keep a client waiting until the world heals, but only those whom they concern.
// Whatever a server does, whoever asked is told when the time-out has passed.
void judge::at_rest() {
  const bool endless = scene_->timeout == duration::zero();
  for (std::uint32_t client = 0; client < clients_.size(); ++client) {
    const client_record& of = clients_[client];
    if (of.over || of.refused || of.deaf || !of.connected) continue;
    for (const request_record& each : of.requests) {
      if (each.replied || !each.what.replied || each.end > of.written) continue;
      bool reason = ledger_.touches_all(each.sent, now());
      for (std::uint32_t server = 0; endless && server < scene_->servers; ++server)
        reason = reason || (may_concern(each, server) && ledger_.touches(server, each.sent, now()));
      // Those behind it wait for it.
      if (reason) break;
      return fail(ledger_.entries().empty() ? oracle::exactly_one : oracle::isolation,
                  describe(each, client) + " waits without a reason");
    }
  }
  judge_doubtful_lines();
}

void judge::at_end() {
  for (std::uint32_t client = 0; client < clients_.size(); ++client) {
    const client_record& of = clients_[client];
    if (of.over && (of.how == client_end::reset || of.how == client_end::refused)) continue;
    if (of.wrong == fault::client_reset || of.refused) continue;
    for (const request_record& each : of.requests) {
      if (each.end > of.written) continue;
      if (each.what.replied && !each.replied) {
        return fail(ledger_.entries().empty() ? oracle::exactly_one : oracle::liveness,
                    describe(each, client) + " was never answered");
      }
      if (each.what.replied || each.what.parts.empty()) continue;
      const bool lost =
          each.parts[0].link == 0 && !scene_->net.leaps && !may_have_failed_somewhere(each);
      if (lost) fail(oracle::no_loss, describe(each, client) + " was never forwarded");
    }
  }
  judge_doubtful_lines();
}

void judge::judge_doubtful_lines() {
  for (const server_line& each : lines_) {
    if (!each.bad_from || each.shifted) continue;
    const link* const open = wires_->find(link_of(each.server, each.connection));
    if (open != nullptr && open->end(0).open) {
      fail(oracle::plausibility, "a connection that answered nonsense is still open");
    }
  }
}

void judge::on_fault(const ledger_entry& what) {
  ledger_.enter(what);
  suspect(what);
  // What is written to a connection that its server has left is not seen any more.
  for (server_line& each : lines_) {
    const bool left = what.link != 0 && link_of(each.server, each.connection) == what.link;
    if (left && each.surplus) each.shifted = true;
  }
}

void judge::on_client_fault(std::uint32_t client, fault what) {
  clients_[client].wrong = what;
  // Enters no reason for anybody's errors.
}

void judge::on_deaf(std::uint32_t client, bool is) {
  clients_[client].deaf = is;
  clients_[client].was_deaf = true;
}

void judge::on_heal() {
  healed_ = true;
  ledger_.heal(now());
}

std::string judge::describe(const request_record& of, std::uint32_t client) const {
  return "client " + std::to_string(client) + "'s " + quote(of.what.bytes);
}

}  // namespace dovetail::sim
