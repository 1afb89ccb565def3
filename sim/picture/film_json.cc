#include <cstdint>
#include <string>
#include <vector>

#include "sim/picture/frame.h"
#include "sim/picture/html.h"
#include "sim/picture/json.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

void write(json_writer& to, const movement& of);
void write(json_writer& to, const window_place& of);
void write(json_writer& to, const owed_answer& of);
void write(json_writer& to, const client_moment& of);
void write(json_writer& to, const line_moment& of);
void write(json_writer& to, const frame& of);
void write(json_writer& to, const film_client& of);

void write_texts(json_writer& to, const char* name, const std::vector<std::string>& all) {
  to.name(name).open('[');
  for (const std::string& each : all)
    to.value(each);
  to.close(']');
}

template <class List>
void write_list(json_writer& to, const char* name, const List& all) {
  to.name(name).open('[');
  for (const auto& each : all)
    write(to, each);
  to.close(']');
}

void write(json_writer& to, const movement& of) {
  to.open('{').field("from", of.from).field("to", of.to).field("bytes", of.bytes);
  to.field("arrives", of.arrives).close('}');
}

void write(json_writer& to, const window_place& of) {
  to.open('{').field("request", of.request).field("settled", of.settled);
  to.field("reply", of.reply).close('}');
}

void write(json_writer& to, const owed_answer& of) {
  to.open('{').field("request", of.request).field("written", of.written);
  to.field("abandoned", of.abandoned).close('}');
}

void write(json_writer& to, const client_moment& of) {
  to.open('{').field("connected", of.connected).field("over", of.over);
  to.field("requests", of.requests).field("toProxy", of.to_proxy).field("inbox", of.inbox);
  to.field("outbox", of.outbox).field("toClient", of.to_client).field("notes", of.notes);
  write_list(to, "window", of.window);
  to.close('}');
}

void write(json_writer& to, const line_moment& of) {
  to.open('{').field("name", of.name).field("server", std::uint64_t{of.server});
  to.field("state", of.state).field("outbox", of.outbox).field("inbox", of.inbox);
  to.field("toServer", of.to_server).field("toProxy", of.to_proxy);
  write_list(to, "awaiting", of.awaiting);
  to.close('}');
}

void write(json_writer& to, const frame& of) {
  to.open('{').field("event", of.event).field("us", of.us).field("what", of.what);
  to.field("fault", of.is_fault).field("healed", of.healed);
  write_texts(to, "struck", of.struck);
  write_texts(to, "ended", of.ended);
  write_list(to, "moves", of.moves);
  write_list(to, "clients", of.clients);
  write_list(to, "lines", of.lines);
  to.close('}');
}

void write(json_writer& to, const film_client& of) {
  to.open('{').field("name", of.name).field("probe", of.probe);
  write_texts(to, "requests", of.requests);
  to.close('}');
}

}  // namespace

std::string film_json(const film& of) {
  json_writer to;
  to.open('{').field("from", of.from).field("scene", of.scene).field("redis", of.redis);
  to.field("servers", std::uint64_t{of.servers});
  to.name("verdict").open('{').field("good", of.good()).field("unmet", !of.unmet.empty());
  to.field("rule", of.unmet.empty() ? name_of(of.found.broken) : not_as_expected);
  to.field("at", of.found.at).field("whole", of.whole);
  to.field("text", of.unmet.empty() ? of.found.text : of.unmet).close('}');
  write_list(to, "clients", of.clients);
  write_list(to, "frames", of.frames);
  to.close('}');
  return to.text();
}

}  // namespace dovetail::sim
