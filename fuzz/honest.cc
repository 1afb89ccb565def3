#include "fuzz/honest.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "fuzz/memcache_reader.h"
#include "sim/model/conversation.h"
#include "sim/model/redis_reader.h"
#include "sim/net/framing.h"
#include "sim/world/asked.h"

namespace dovetail::fuzz {
namespace {

using words = std::vector<std::string>;

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string value_of(std::string_view key) {
  return "value of " + std::string(key);
}

// In upper case: MGET is asked for in any.
std::string upper(std::string name) {
  for (char& c : name)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

// A server may refuse whatever it does not know.
std::string redis_answer(const words& asked) {
  const std::string name = upper(asked[0]);
  if (name == "GET" && asked.size() == 2) return bulk(value_of(asked[1]));
  if (name == "SET" && asked.size() == 3) return "+OK\r\n";
  if (name != "MGET") return "-ERR not here\r\n";
  std::string reply = "*" + std::to_string(asked.size() - 1) + "\r\n";
  for (std::size_t at = 1; at < asked.size(); ++at)
    reply += bulk(value_of(asked[at]));
  return reply;
}

std::string memcache_answer(const words& asked) {
  if (asked[0] == "set") return "STORED\r\n";
  if (asked[0] != "get") return "SERVER_ERROR not here\r\n";
  std::string reply;
  for (std::size_t at = 1; at < asked.size(); ++at) {
    const std::string value = value_of(asked[at]);
    reply += "VALUE " + asked[at] + " 0 " + std::to_string(value.size()) + "\r\n" + value + "\r\n";
  }
  return reply + "END\r\n";
}

// Only whole requests are read, as the wire's framing finds them; then strictly.
class honest_talk final : public sim::conversation {
 public:
  explicit honest_talk(bool redis) : redis_(redis) {}

  step serve(inbox& in, outbox& out, instant) override {
    if (in.empty()) return step::incomplete;
    const std::string_view unread = in.unread();
    const std::size_t size =
        redis_ ? sim::redis_message_size(unread) : sim::memcache_request_size(unread);
    if (size == 0) return step::incomplete;
    out.append(redis_ ? serve_redis(in, size) : serve_memcache(in, size));
    return step::served;
  }

 private:
  static std::string serve_redis(inbox& in, std::size_t size) {
    const std::size_t before = in.size();
    DOVETAIL_CHECK(in.unread().starts_with('*'));
    sim::redis_reader reader;
    DOVETAIL_CHECK(reader.read(in) == sim::redis_reader::outcome::complete);
    DOVETAIL_CHECK(before - in.size() == size);
    return redis_answer(reader.words());
  }

  static std::string serve_memcache(inbox& in, std::size_t size) {
    std::string_view wire = in.unread();
    const std::size_t before = wire.size();
    const auto read = take_memcache_request(wire);
    DOVETAIL_CHECK(read.has_value());
    DOVETAIL_CHECK(before - wire.size() == size);
    in.consume(size);
    return memcache_answer(*read);
  }

  bool redis_;
};

}  // namespace

class lying_server::talk final : public sim::conversation {
 public:
  explicit talk(lying_server& with) : with_(&with) {}

  step serve(inbox& in, outbox& out, instant) override {
    if (in.empty() || with_->next_ == with_->pieces_.size()) {
      if (!in.empty()) in.consume(in.size());
      return step::incomplete;
    }
    in.consume(in.size());
    const std::string& piece = with_->pieces_[with_->next_++];
    out.append(piece);
    return piece.empty() ? step::hang_up : step::served;
  }

 private:
  lying_server* with_;
};

lying_server::lying_server(std::string_view says) {
  while (!says.empty()) {
    const std::size_t end = std::min(says.find('\xff'), says.size());
    pieces_.emplace_back(says.substr(0, end));
    says.remove_prefix(std::min(end + 1, says.size()));
  }
}

std::unique_ptr<sim::conversation> lying_server::accept() {
  return std::make_unique<talk>(*this);
}

std::unique_ptr<sim::conversation> honest_server::accept() {
  return std::make_unique<honest_talk>(redis_);
}

std::vector<honest_exchange> honest_exchanges(bool redis, unsigned owner, unsigned servers) {
  std::vector<std::string> keys;
  for (char letter = 'a'; keys.size() < 3; ++letter) {
    const std::string key = std::string("honest-") + letter;
    if (sim::owner_of(key, servers) == owner) keys.push_back(key);
  }
  const auto exchange = [&](const words& asked) {
    if (!redis) {
      std::string line = asked[0];
      for (std::size_t at = 1; at < asked.size(); ++at)
        line += " " + asked[at];
      return honest_exchange{line + "\r\n", memcache_answer(asked)};
    }
    std::string bytes = "*" + std::to_string(asked.size()) + "\r\n";
    for (const std::string& word : asked)
      bytes += bulk(word);
    return honest_exchange{bytes, redis_answer(asked)};
  };
  std::vector<honest_exchange> all;
  all.push_back(exchange({redis ? "GET" : "get", keys[0]}));
  all.push_back(exchange({redis ? "MGET" : "get", keys[1], keys[2], keys[0]}));
  if (redis) {
    all.push_back(exchange({"SET", keys[1], "new"}));
  } else {
    all.push_back({"set " + keys[1] + " 0 0 3\r\nnew\r\n", "STORED\r\n"});
  }
  all.push_back(exchange({redis ? "GET" : "get", keys[2]}));
  return all;
}

}  // namespace dovetail::fuzz
