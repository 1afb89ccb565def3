#include "sim/world/tagged_replies.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/asked.h"
#include "sim/world/asked_of_pool.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

std::string value_of(std::string_view key, const place_served& at) {
  std::string value(key);
  for (const std::uint32_t each : {at.server, at.connection, at.arrival})
    value += "." + std::to_string(each);
  return value;
}

// A request's third key is never there.
bool is_missing(std::string_view key, const place_served& at) {
  if (at.empty) return true;
  const auto whose = find_tag(key);
  return whose && whose->key == 2;
}

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

// A number that no other key has.
std::string number_of(std::string_view key) {
  const tag whose = find_tag(key).value_or(tag{});
  return std::to_string(1000000 + whose.client * 10000 + whose.request * 100 + whose.key);
}

// How many of these keys there were: not always all, and never more.
std::string count_of(const std::vector<std::string_view>& words) {
  std::size_t count = 0;
  for (std::size_t word = 1; word < words.size(); ++word) {
    const tag whose = find_tag(words[word]).value_or(tag{});
    count += (whose.client + whose.request + whose.key) % 2;
  }
  return std::to_string(count);
}

// What a request about the whole pool has its tag in: its last word, without a pattern's star.
std::string_view last_tagged(const std::vector<std::string_view>& words) {
  const std::string_view last = words.back();
  return last.substr(0, last.find('*'));
}

std::string redis_reply(const std::vector<std::string_view>& words, const place_served& at) {
  const std::string_view name = words[0];
  if (words.size() < 2) return "+PONG\r\n";
  const std::string_view key = words[1];
  if (const auto text = pool_reply(words, value_of(last_tagged(words), at)); !text.empty()) {
    return text;
  }
  if (name == "GET") return at.empty ? "$-1\r\n" : bulk(value_of(key, at));
  if (name == "INCR") return ":" + number_of(key) + "\r\n";
  if (name == "DEL") return ":" + count_of(words) + "\r\n";
  if (name != "MGET") return "+OK\r\n";
  std::string array = "*" + std::to_string(words.size() - 1) + "\r\n";
  for (std::size_t word = 1; word < words.size(); ++word)
    array += is_missing(words[word], at) ? "$-1\r\n" : bulk(value_of(words[word], at));
  return array;
}

std::string value_block(std::string_view key, std::string_view value) {
  return "VALUE " + std::string(key) + " 0 " + std::to_string(value.size()) + "\r\n" +
         std::string(value) + "\r\n";
}

std::string memcache_reply(const std::vector<std::string_view>& words, const place_served& at) {
  const std::string_view name = words[0];
  if (name == "get") {
    std::string all;
    for (std::size_t word = 1; word < words.size(); ++word)
      if (!is_missing(words[word], at)) all += value_block(words[word], value_of(words[word], at));
    return all + "END\r\n";
  }
  if (name == "flush_all") return pool_reply(words, {});
  if (name == "set") return "STORED\r\n";
  if (name == "delete") return "DELETED\r\n";
  if (name == "incr") return number_of(words[1]) + "\r\n";
  return "VERSION 1\r\n";
}

// Of a type that the command never has.
std::string redis_wrong_type(std::string_view name) {
  if (name == "GET" || name == "MGET" || name == "KEYS" || name == "SCAN" || name == "SCRIPT") {
    return ":1\r\n";
  }
  if (name == "SET" || name == "MSET") return "*0\r\n";
  return "*1\r\n$1\r\nx\r\n";
}

std::string memcache_wrong_type(std::string_view name) {
  return name == "get" ? "STORED\r\n" : "END\r\n";
}

// A value of a key that was not asked for; an array that is too long.
std::string wrong_key(bool redis, const std::string& honest) {
  if (!redis) return value_block("c99r99k99", "stranger") + "END\r\n";
  const std::size_t line = honest.find('\n') + 1;
  const std::size_t count = std::stoul(honest.substr(1, line));
  return "*" + std::to_string(count + 1) + "\r\n" + honest.substr(line) + "$-1\r\n";
}

}  // namespace

std::vector<std::string_view> words_of(std::string_view request, bool redis) {
  std::vector<std::string_view> words;
  if (!redis) {
    request = request.substr(0, request.find_first_of("\r\n"));
    while (!request.empty()) {
      const std::size_t size = std::min(request.find(' '), request.size());
      if (size > 0) words.push_back(request.substr(0, size));
      request.remove_prefix(std::min(size + 1, request.size()));
    }
    return words;
  }
  for (std::size_t at = request.find('$'); at != std::string_view::npos; at = request.find('$')) {
    const std::size_t line = request.find('\n', at) + 1;
    const std::size_t size = std::stoul(std::string(request.substr(at + 1, line - at - 1)));
    words.push_back(request.substr(line, size));
    request.remove_prefix(line + size);
  }
  return words;
}

std::string tagged_reply(std::string_view request, bool redis, const place_served& at) {
  const auto words = words_of(request, redis);
  if (words.empty()) return redis ? "-ERR nothing asked\r\n" : "ERROR\r\n";
  return redis ? redis_reply(words, at) : memcache_reply(words, at);
}

bool fits(fault what, std::string_view request, bool redis) {
  switch (what) {
    case fault::error_reply:
    case fault::truncation:
    case fault::surplus:
    case fault::omission:
    case fault::wrong_type:
    case fault::garbage:
      return true;
    case fault::wrong_key:
      return redis ? request.find("MGET") != std::string_view::npos : request.starts_with("get ");
    default:
      return false;
  }
}

std::string server_error(std::string_view request, bool redis) {
  const auto words = words_of(request, redis);
  const std::string key(words.size() > 1 ? words[1] : "?");
  // Errors come with and without a text.
  if (!words.empty() && (words[0] == "INCR" || words[0] == "incr"))
    return redis ? "-BUSY\r\n" : "ERROR\r\n";
  constexpr std::array of_redis = {"-OOM no memory for ", "-LOADING the data, without ",
                                   "-BUSY with a script, not with ",
                                   "-READONLY replica, asked for "};
  constexpr std::array of_memcache = {"SERVER_ERROR out of memory storing ",
                                      "SERVER_ERROR temporary failure with "};
  const tag whose = find_tag(request).value_or(tag{.request = 1});
  const std::size_t at = whose.client + whose.request + whose.key;
  const std::string_view text =
      redis ? of_redis[at % of_redis.size()] : of_memcache[at % of_memcache.size()];
  return std::string(text) + key + "\r\n";
}

std::string wrong_reply(fault what, std::string_view request, bool redis, std::string honest) {
  switch (what) {
    case fault::error_reply:
      return server_error(request, redis);
    case fault::truncation:
      return honest.substr(0, honest.size() / 2);
    case fault::surplus:
      return honest + honest;
    case fault::omission:
      return {};
    case fault::wrong_type: {
      const auto words = words_of(request, redis);
      return redis ? redis_wrong_type(words[0]) : memcache_wrong_type(words[0]);
    }
    case fault::garbage:
      return redis ? "?nonsense\r\n" : "NONSENSE\r\n";
    case fault::wrong_key:
      return wrong_key(redis, honest);
    default:
      return honest;
  }
}

}  // namespace dovetail::sim
