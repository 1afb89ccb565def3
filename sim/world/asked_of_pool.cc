#include "sim/world/asked_of_pool.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "sim/world/asked.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

// The server's place is the rest of a client's cursor by this; a pool of one has no such rest.
constexpr std::uint64_t places = 1024;

// delay = 1 CCC RRR KKK
constexpr std::uint32_t flush_base = 1'000'000'000;

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string array_of(const std::vector<std::string>& words) {
  std::string all = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& each : words)
    all += bulk(each);
  return all;
}

std::string flush_for(const tag& whose) {
  const std::uint32_t delay =
      flush_base + whose.client * 1'000'000 + whose.request * 1'000 + whose.key;
  return "flush_all " + std::to_string(delay) + "\r\n";
}

std::string scan_from(std::uint64_t cursor, const std::string& key) {
  return array_of({"SCAN", std::to_string(cursor), "MATCH", key + "*"});
}

// A place in some server, different for different requests.
std::uint64_t place_of(const std::string& key) {
  const tag whose = find_tag(key).value_or(tag{});
  return whose.client * 5 + whose.request * 3;
}

std::uint64_t cursor_of(std::uint64_t place, std::uint32_t owner, std::uint32_t servers) {
  return servers == 1 ? place : place * places + owner;
}

std::string redis_for_all(const std::string& key) {
  switch (find_tag(key).value_or(tag{}).request % 3) {
    case 0:
      return array_of({"KEYS", key + "*"});
    case 1:
      return array_of({"SCRIPT", "EXISTS", key, key + "x", key + "y"});
    default:
      return array_of({"SCRIPT", "LOAD", key});
  }
}

// Elements as they are sent.
std::string put_together(const std::vector<std::string_view>& elements) {
  std::string all = "*" + std::to_string(elements.size()) + "\r\n";
  for (const std::string_view each : elements)
    all += each;
  return all;
}

std::string join_lists(const std::vector<std::string_view>& replies) {
  std::vector<std::string_view> all;
  for (const std::string_view each : replies) {
    const auto its = elements_of(each);
    all.insert(all.end(), its.begin(), its.end());
  }
  return put_together(all);
}

std::optional<std::string> join_answers(const std::vector<std::string_view>& replies) {
  std::vector<std::string_view> all = elements_of(replies[0]);
  for (const std::string_view each : replies) {
    const auto its = elements_of(each);
    if (its.size() != all.size()) return std::nullopt;
    for (std::size_t at = 0; at < all.size(); ++at) {
      if (its[at] != ":1\r\n") all[at] = ":0\r\n";
    }
  }
  return put_together(all);
}

// The server's cursor goes on at the same server, or at the next one, or nowhere.
std::optional<std::string> join_page(const asked& whole, std::string_view reply) {
  auto elements = elements_of(reply);
  if (elements.size() != 2) return std::nullopt;
  std::uint64_t place = 0;
  const std::size_t line = elements[0].find('\n') + 1;
  std::from_chars(elements[0].data() + line, elements[0].data() + elements[0].size(), place);
  const std::uint32_t owner = whole.parts[0].server;
  const bool last = owner + 1 == whole.servers;
  std::uint64_t next = 0;
  if (place != 0) next = cursor_of(place, owner, whole.servers);
  if (place == 0 && !last) next = cursor_of(0, owner + 1, whole.servers);
  const std::string cursor = bulk(std::to_string(next));
  elements[0] = cursor;
  return put_together(elements);
}

}  // namespace

void write_of_pool(asked& made, const scene& of, std::uint32_t owner) {
  const std::string& key = made.keys[0];
  made.servers = of.servers;
  if (!of.redis) {
    made.bytes = flush_for(find_tag(key).value_or(tag{}));
  } else if (made.what == verb::all) {
    made.bytes = redis_for_all(key);
  } else {
    made.bytes = scan_from(cursor_of(place_of(key), owner, of.servers), key);
  }
}

void divide_of_pool(asked& made, const scene& of, std::uint32_t owner) {
  if (of.redis && made.what == verb::scan) {
    const std::string& key = made.keys[0];
    made.parts.push_back(
        {.server = owner, .wire = scan_from(place_of(key), key), .answer = {}, .keys = {0}});
    return;
  }
  made.to_all = true;
  for (std::uint32_t server = 0; server < of.servers; ++server) {
    made.parts.push_back({.server = server, .wire = made.bytes, .answer = {}, .keys = {0}});
  }
}

std::optional<std::string> join_of_pool(const asked& whole,
                                        const std::vector<std::string_view>& replies) {
  if (whole.bytes.contains("\r\nSCAN\r\n")) return join_page(whole, replies[0]);
  if (whole.bytes.contains("\r\nKEYS\r\n")) return join_lists(replies);
  if (whole.bytes.contains("\r\nEXISTS\r\n")) return join_answers(replies);
  const bool same = std::ranges::all_of(replies, [&](auto each) { return each == replies[0]; });
  return same ? std::optional(std::string(replies[0])) : std::nullopt;
}

std::string pool_reply(const std::vector<std::string_view>& words, const std::string& value) {
  // Differs from server to server, and from request to request.
  const auto mix = std::accumulate(value.begin(), value.end(), std::uint64_t{0});
  if (words[0] == "KEYS") {
    std::vector<std::string> found(mix % 3, value);
    return array_of(found);
  }
  if (words[0] == "SCAN") {
    const std::uint64_t place = mix % 2 == 0 ? 0 : mix;
    return "*2\r\n" + bulk(std::to_string(place)) + array_of({value});
  }
  if (words[0] == "flush_all") return "OK\r\n";
  if (words[0] != "SCRIPT") return {};
  if (words[1] == "LOAD") return bulk(words[2]);
  std::vector<std::string_view> whether;
  for (std::size_t word = 2; word < words.size(); ++word)
    whether.emplace_back((mix + word) % 3 == 0 ? ":0\r\n" : ":1\r\n");
  return put_together(whether);
}

std::optional<tag> find_flush_tag(std::string_view text) {
  constexpr std::string_view name = "flush_all ";
  if (!text.starts_with(name)) return std::nullopt;
  std::uint32_t delay = 0;
  const auto read = std::from_chars(text.data() + name.size(), text.data() + text.size(), delay);
  const bool whole = read.ptr != text.data() + text.size() && *read.ptr == '\r';
  if (read.ec != std::errc() || !whole || delay < flush_base) return std::nullopt;
  delay -= flush_base;
  return tag{.client = delay / 1'000'000, .request = delay / 1'000 % 1'000, .key = delay % 1'000};
}

}  // namespace dovetail::sim
