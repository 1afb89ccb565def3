#include "sim/world/asked.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/check.h"
#include "sim/net/framing.h"
#include "sim/world/asked_of_pool.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

// A letter before the tag decides where it goes: what stands first is mixed best by the hash.
std::string key_for(const tag& whose, std::uint32_t owner, std::uint32_t servers) {
  const std::string stem = "c" + std::to_string(whose.client) + "r" +
                           std::to_string(whose.request) + "k" + std::to_string(whose.key);
  for (char first = 'z';; --first) {
    DOVETAIL_CHECK(first >= 'd');
    std::string key = first + stem;
    if (owner_of(key, servers) == owner) return key;
  }
}

std::string value_for(std::string_view key) {
  return "v-" + std::string(key);
}

void add_word(std::string& to, std::string_view word) {
  to += "$" + std::to_string(word.size()) + "\r\n";
  to += word;
  to += "\r\n";
}

std::string redis_words(const std::vector<std::string>& words) {
  std::string all = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& each : words)
    add_word(all, each);
  return all;
}

// A request about these keys.
std::string redis_request(verb what, const std::vector<std::string>& keys) {
  std::vector<std::string> words;
  switch (what) {
    case verb::get:
      words = {"GET"};
      break;
    case verb::gets:
      words = {"MGET"};
      break;
    case verb::set:
    case verb::quiet:
      words = {"SET"};
      break;
    case verb::sets:
      words = {"MSET"};
      break;
    case verb::del:
      words = {"DEL"};
      break;
    case verb::incr:
      words = {"INCR"};
      break;
    case verb::echo:
      words = {"ECHO"};
      break;
    case verb::unknown:
      words = {"NOSUCH"};
      break;
    case verb::quit:
      return redis_words({"QUIT"});
    case verb::auth:
      return redis_words({"AUTH", "secret"});
    case verb::exact:
    case verb::all:
    case verb::scan:
      break;
  }
  const bool values = what == verb::set || what == verb::quiet || what == verb::sets;
  for (const std::string& key : keys) {
    words.push_back(key);
    if (values) words.push_back(value_for(key));
  }
  return redis_words(words);
}

std::string memcache_set(const std::string& key, std::string_view ending) {
  const std::string value = value_for(key);
  return "set " + key + " 0 0 " + std::to_string(value.size()) + std::string(ending) + "\r\n" +
         value + "\r\n";
}

std::string memcache_request(verb what, const std::vector<std::string>& keys) {
  switch (what) {
    case verb::get:
    case verb::gets: {
      std::string line = "get";
      for (const std::string& key : keys)
        line += " " + key;
      return line + "\r\n";
    }
    case verb::set:
    case verb::sets:
      return memcache_set(keys[0], "");
    case verb::quiet:
      return memcache_set(keys[0], " noreply");
    case verb::del:
      return "delete " + keys[0] + "\r\n";
    case verb::incr:
      return "incr " + keys[0] + " 1\r\n";
    case verb::echo:
      return "version\r\n";
    case verb::unknown:
      return "nosuch " + keys[0] + "\r\n";
    case verb::quit:
      return "quit\r\n";
    case verb::auth:
      return "version\r\n";
    case verb::exact:
    case verb::all:
    case verb::scan:
      break;
  }
  return {};
}

asked::joining joining_of(verb what, bool redis) {
  switch (what) {
    case verb::gets:
      return redis ? asked::joining::array : asked::joining::values;
    case verb::del:
      return asked::joining::sum;
    case verb::sets:
      return asked::joining::status;
    default:
      return asked::joining::whole;
  }
}

// What the proxy answers by itself; see protocol/*/filter.
std::string own_answer(verb what, const std::vector<std::string>& keys, bool redis) {
  switch (what) {
    case verb::auth:
    case verb::echo: {
      if (redis && what == verb::auth) return "+OK\r\n";
      if (!redis) return "VERSION";  // and more
      std::string bulk;
      add_word(bulk, keys[0]);
      return bulk;
    }
    case verb::unknown:
      return redis
                 ? "-ERR unknown command 'NOSUCH', with args beginning with: '" + keys[0] + "' \r\n"
                 : "ERROR\r\n";
    default:
      return redis ? "+OK\r\n" : "";
  }
}

// Fills in keys and padding.
class filler {
 public:
  filler(const scene& of, tag whose, std::vector<std::string>& keys)
      : scene_(&of), whose_(whose), keys_(&keys) {}

  std::string fill(std::string_view text) {
    std::string filled;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text[at] == '<' ? text.find('>', at) : std::string_view::npos;
      if (end != std::string_view::npos && put(text.substr(at + 1, end - at - 1), filled)) {
        at = end + 1;
      } else {
        filled += text[at++];
      }
    }
    return filled;
  }

 private:
  // `s1`, `s1.2` or `64`. False when it is something else.
  bool put(std::string_view name, std::string& into) {
    const bool names_key = name.starts_with('s');
    std::uint32_t number = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + (names_key ? 1 : 0), end, number);
    if (read.ec != std::errc()) return false;
    if (!names_key) {
      if (read.ptr == end) into.append(number, 'x');
      return read.ptr == end;
    }
    if (number >= scene_->servers || (read.ptr != end && *read.ptr != '.')) return false;
    const auto known = std::ranges::find(names_, name);
    const auto at = static_cast<std::size_t>(known - names_.begin());
    if (known == names_.end()) {
      names_.emplace_back(name);
      whose_.key = static_cast<std::uint32_t>(at);
      keys_->push_back(key_for(whose_, number, scene_->servers));
    }
    into += (*keys_)[at];
    return true;
  }

  const scene* scene_;
  tag whose_;
  std::vector<std::string> names_;
  std::vector<std::string>* keys_;
};

asked compile_exact(const scene& of, const exact_request& from, tag whose) {
  asked made;
  made.what = verb::exact;
  filler fill(of, whose, made.keys);
  const auto encode = [&](std::string_view text) {
    if (!from.words) return fill.fill(text);
    std::vector<std::string> words;
    for (; !text.empty(); text.remove_prefix(std::min(text.find(' '), text.size() - 1) + 1))
      words.push_back(fill.fill(text.substr(0, text.find(' '))));
    return redis_words(words);
  };
  made.bytes = encode(from.bytes);
  for (const exact_part& each : from.parts) {
    asked_part part{.server = each.server,
                    .wire = encode(each.wire),
                    .answer = fill.fill(each.answer),
                    .keys = {}};
    for (std::uint32_t key = 0; key < made.keys.size(); ++key) {
      if (part.wire.find(made.keys[key]) != std::string::npos) part.keys.push_back(key);
    }
    made.parts.push_back(std::move(part));
  }
  made.answer = fill.fill(from.reply);
  made.replied = from.replied;
  return made;
}

// Whether one of the client's requests before this one was such.
bool came_before(const client_scene& by, std::uint32_t request, verb what) {
  const auto before = std::span(by.steps).first(request);
  return std::ranges::find(before, what, &step::what) != before.end();
}

bool asks_proxy(verb what) {
  return what == verb::echo || what == verb::unknown || what == verb::quit || what == verb::auth;
}

std::string join_array(const asked& whole, const std::vector<std::string_view>& replies) {
  std::vector<std::string_view> of_key(whole.keys.size());
  for (std::size_t part = 0; part < replies.size(); ++part) {
    const auto elements = elements_of(replies[part]);
    if (elements.size() != whole.parts[part].keys.size()) return {};
    for (std::size_t at = 0; at < elements.size(); ++at)
      of_key[whole.parts[part].keys[at]] = elements[at];
  }
  std::string joined = "*" + std::to_string(of_key.size()) + "\r\n";
  for (const std::string_view each : of_key)
    joined += each;
  return joined;
}

// Each VALUE block goes to the place of its key.
std::string join_values(const asked& whole, const std::vector<std::string_view>& replies) {
  std::string joined;
  for (std::uint32_t key = 0; key < whole.keys.size(); ++key) {
    for (std::size_t part = 0; part < replies.size(); ++part) {
      if (std::ranges::find(whole.parts[part].keys, key) == whole.parts[part].keys.end()) continue;
      const std::string start = "VALUE " + whole.keys[key] + " ";
      const std::size_t from = replies[part].find(start);
      if (from == std::string_view::npos) continue;
      const std::size_t to = replies[part].find("\r\n", replies[part].find("\r\n", from) + 2) + 2;
      joined += replies[part].substr(from, to - from);
    }
  }
  return joined + "END\r\n";
}

std::string join_sum(const std::vector<std::string_view>& replies) {
  std::int64_t sum = 0;
  for (const std::string_view each : replies) {
    std::int64_t number = 0;
    if (!each.starts_with(':')) return {};
    std::from_chars(each.data() + 1, each.data() + each.size(), number);
    sum += number;
  }
  return ":" + std::to_string(sum) + "\r\n";
}

}  // namespace

std::vector<std::string_view> elements_of(std::string_view array) {
  std::vector<std::string_view> all;
  if (!array.starts_with('*')) return all;
  array.remove_prefix(std::min(array.find('\n') + 1, array.size()));
  while (!array.empty()) {
    const std::size_t size = redis_message_size(array);
    if (size == 0) break;
    all.push_back(array.substr(0, size));
    array.remove_prefix(size);
  }
  return all;
}

std::optional<tag> find_tag(std::string_view text) {
  if (text.starts_with('f')) {
    if (const auto flush = find_flush_tag(text)) return flush;
  }
  const auto number_after = [&](char letter, std::uint32_t& into) {
    if (!text.starts_with(letter)) return false;
    const auto end = std::from_chars(text.data() + 1, text.data() + text.size(), into);
    if (end.ec != std::errc() || end.ptr == text.data() + 1) return false;
    text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
    return true;
  };
  for (std::size_t at = text.find('c'); at != std::string_view::npos; at = text.find('c')) {
    text.remove_prefix(at);
    tag found;
    const std::string_view here = text;
    if (number_after('c', found.client) && number_after('r', found.request) &&
        number_after('k', found.key)) {
      return found;
    }
    text = here.substr(1);
  }
  return std::nullopt;
}

// FNV-1a with 64-bit constants in 32-bit arithmetic, as nutcracker has it (nc_fnv.c); modula.
std::uint32_t owner_of(std::string_view key, std::uint32_t servers) {
  if (servers == 1) return 0;
  std::uint32_t hash = 0x84222325U;
  for (const char c : key) {
    hash ^= static_cast<std::uint32_t>(c);
    hash *= 0x000001b3U;
  }
  return hash % servers;
}

asked compile(const scene& of, std::uint32_t client, std::uint32_t request) {
  const step& from = of.clients[client].steps[request];
  if (from.what == verb::exact) {
    return compile_exact(of, of.exact[from.exact], {client, request, 0});
  }
  asked made;
  made.what = from.what;
  made.joined = joining_of(from.what, of.redis);
  for (std::uint32_t key = 0; key < from.owners.size(); ++key) {
    made.keys.push_back(key_for({client, request, key}, from.owners[key], of.servers));
  }
  const auto encode = of.redis ? redis_request : memcache_request;
  const bool of_pool = is_of_pool(from.what);
  if (of_pool) {
    write_of_pool(made, of, from.owners[0]);
  } else {
    made.bytes = encode(from.what, made.keys);
  }
  made.replied = from.what != verb::quiet || of.redis;
  // After its QUIT a client is told nothing any more.
  if (came_before(of.clients[client], request, verb::quit)) {
    made.replied = false;
    return made;
  }
  const bool says_password = from.what == verb::auth || from.what == verb::quit;
  if (of.password && !says_password && !came_before(of.clients[client], request, verb::auth)) {
    made.answer = "-NOAUTH Authentication required\r\n";
    return made;
  }
  if (asks_proxy(from.what)) {
    made.answer = own_answer(from.what, made.keys, of.redis);
    made.replied = !made.answer.empty();
    return made;
  }
  if (of_pool) {
    divide_of_pool(made, of, from.owners[0]);
    return made;
  }
  made.parts = divide(made, {from.owners.begin(), from.owners.end()}, of.redis);
  return made;
}

std::vector<asked_part> divide(const asked& what,
                               const std::vector<std::uint32_t>& owners,
                               bool redis) {
  std::vector<asked_part> parts;
  for (std::uint32_t key = 0; key < what.keys.size(); ++key) {
    auto part = std::ranges::find(parts, owners[key], &asked_part::server);
    if (part == parts.end()) {
      part = parts.insert(part, {.server = owners[key], .wire = {}, .answer = {}, .keys = {}});
    }
    part->keys.push_back(key);
  }
  const auto encode = redis ? redis_request : memcache_request;
  for (asked_part& part : parts) {
    std::vector<std::string> keys;
    keys.reserve(part.keys.size());
    for (const std::uint32_t key : part.keys)
      keys.push_back(what.keys[key]);
    // A noreply is not passed on: the proxy asks for the reply and swallows it.
    part.wire = encode(what.what == verb::quiet ? verb::set : what.what, keys);
  }
  return parts;
}

std::optional<std::string> join(const asked& whole, const std::vector<std::string_view>& replies) {
  if (is_of_pool(whole.what)) return join_of_pool(whole, replies);
  if (replies.size() == 1) return std::string(replies[0]);
  std::string joined;
  switch (whole.joined) {
    case asked::joining::whole:
    case asked::joining::status:
      joined = replies[0];
      break;
    case asked::joining::array:
      joined = join_array(whole, replies);
      break;
    case asked::joining::values:
      joined = join_values(whole, replies);
      break;
    case asked::joining::sum:
      joined = join_sum(replies);
      break;
  }
  if (joined.empty()) return std::nullopt;
  return joined;
}

bool matches(std::string_view reply, std::string_view pattern) {
  if (!pattern.ends_with('*')) return reply == pattern;
  return reply.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool is_error(std::string_view reply, bool redis) {
  if (redis) return reply.starts_with('-');
  return reply.starts_with("ERROR") || reply.starts_with("SERVER_ERROR") ||
         reply.starts_with("CLIENT_ERROR");
}

}  // namespace dovetail::sim
