#include "protocol/memcache/memcache.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "buffer/byte_queue.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "message/response.h"
#include "message/split_request.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/expect.h"
#include "protocol/memcache/filter.h"
#include "protocol/memcache/join.h"
#include "protocol/memcache/replies.h"
#include "protocol/memcache/request_parser.h"
#include "protocol/memcache/response_parser.h"
#include "protocol/memcache/split.h"
#include "protocol/memcache/words.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

// A server may have any name, a statistic must be one word.
void make_word(std::string& name) {
  for (char& c : name) {
    if (is_control(c)) c = '_';
  }
}

// Has no state besides its options: every call goes to the file that knows the subject.
class memcache_protocol final : public protocol {
 public:
  explicit memcache_protocol(const options& with) : options_(with) {
    for (std::string& name : options_.servers)
      make_word(name);
  }

  std::unique_ptr<dovetail::request_parser> new_request_parser() const override {
    return std::make_unique<request_parser>(options_.limits);
  }
  std::unique_ptr<dovetail::response_parser> new_response_parser() const override {
    return std::make_unique<response_parser>(options_.limits);
  }

  verdict filter(const request& asked, session&, std::string& answer) const override {
    return memcache::filter(options_, asked, answer);
  }

  server_range audience(const request& asked) const override {
    if (!command_of(asked).for_all) return {};
    return {.first = 0, .end = static_cast<std::uint32_t>(options_.servers.size())};
  }

  bool splits(const request& asked) const override { return memcache::splits(asked); }

  // Every command with several keys splits.
  std::string_view crossing_refusal() const override {
    return "CLIENT_ERROR the keys are on several servers\r\n";
  }

  void write(const request& asked, outbox& out) const override { memcache::write(asked, out); }
  void write_part(const request& asked,
                  std::span<const std::uint32_t> keys,
                  outbox& out) const override {
    memcache::write_part(asked, keys, out);
  }

  expectation expect(const request& asked, byte_queue& echo) const override {
    return memcache::expect(asked, echo);
  }
  expectation expect_part(const request& asked,
                          std::span<const std::uint32_t> keys,
                          byte_queue& echo) const override {
    return memcache::expect_part(asked, keys, echo);
  }

  void plan_join(const request& asked, split_request& plan) const override {
    memcache::plan_join(asked, options_.servers, plan);
  }

  bool fails_by_key(const request& asked) const override { return !command_of(asked).for_all; }

  bool plausible(const expectation& expected,
                 std::string_view echo,
                 const response& came,
                 std::string_view bytes) const override {
    return memcache::plausible(expected, echo, came, bytes);
  }

  void refuse(std::string_view why, std::string& out) const override { memcache::refuse(why, out); }
  bool is_error(std::string_view reply) const override {
    return reply.ends_with("\r\n") && is_error_line(reply.substr(0, reply.size() - 2));
  }

  const std::vector<std::string>& greeting() const override { return greeting_; }
  std::string_view secret() const override { return {}; }
  bool accepts_greeting(const response&) const override { return false; }  // there is none

  std::string_view probe() const override { return "version\r\n"; }
  expectation expect_probe() const override { return {.shapes = shape::version}; }

 private:
  options options_;
  std::vector<std::string> greeting_;
};

}  // namespace

std::unique_ptr<protocol> make_protocol(const options& with) {
  return std::make_unique<memcache_protocol>(with);
}

}  // namespace dovetail::memcache
