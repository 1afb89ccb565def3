#include "protocol/redis/redis.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/request_class.h"
#include "base/text.h"
#include "buffer/byte_queue.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "message/response.h"
#include "message/split_request.h"
#include "protocol/protocol.h"
#include "protocol/redis/commands.h"
#include "protocol/redis/filter.h"
#include "protocol/redis/join.h"
#include "protocol/redis/replies.h"
#include "protocol/redis/request_parser.h"
#include "protocol/redis/response_parser.h"
#include "protocol/redis/scan.h"
#include "protocol/redis/shapes.h"
#include "protocol/redis/split.h"

namespace dovetail::redis {
namespace {

const command& row_of(const request& asked) {
  return commands()[asked.command];
}

const manner& manner_of(const request& asked) {
  const bool has_argument = asked.arguments.size() > 1;
  return manner_of(row_of(asked), has_argument ? asked.argument(1) : std::string_view());
}

request_class class_of(const command& row) {
  const bool scripted = row.keys.how == key_rule::kind::counted && row.how.shapes == shape::any;
  if (scripted || row.keys.how == key_rule::kind::none) return request_class::other;
  return row.idempotent ? request_class::read : request_class::write;
}

// SET tells the old value where it is asked for that, and only then.
std::uint32_t shapes_of(const request& asked, const manner& how) {
  static const std::uint16_t set = find_command("set");
  if (asked.command != set) return how.shapes;
  for (std::size_t at = 3; at < asked.arguments.size(); ++at) {
    if (equal_ignoring_case(asked.argument(at), "get")) return shape::value;
  }
  return shape::status | shape::null_bulk;
}

// What is expected for so many keys and fields behind the first.
expectation expect_reply(const request& asked, std::size_t keys, std::size_t fields) {
  const manner& how = manner_of(asked);
  expectation expected{
      .shapes = shapes_of(asked, how), .elements = how.of, .kind = class_of(row_of(asked))};
  switch (how.elements) {
    case element_count::any:
      break;
    case element_count::keys:
      expected.count = static_cast<std::int64_t>(keys);
      break;
    case element_count::fields:
      expected.count = static_cast<std::int64_t>(fields);
      break;
    case element_count::two:
      expected.count = 2;
      break;
  }
  return expected;
}

// AUTH before SELECT: a server that wants a password refuses everything else before it.
std::vector<std::string> greeting_of(const options& with) {
  std::vector<std::string> greeting;
  const auto add = [&](std::initializer_list<std::string_view> words) {
    std::string& line = greeting.emplace_back();
    append_array_header(line, words.size());
    for (const std::string_view each : words)
      append_bulk(line, each);
  };
  if (!with.password.empty() && with.user.empty()) add({"AUTH", with.password});
  if (!with.password.empty() && !with.user.empty()) add({"AUTH", with.user, with.password});
  if (with.database != 0) add({"SELECT", decimal(with.database).text()});
  return greeting;
}

class redis_protocol final : public protocol {
 public:
  explicit redis_protocol(const options& with) : options_(with), greeting_(greeting_of(with)) {}

  std::unique_ptr<dovetail::request_parser> new_request_parser() const override {
    return std::make_unique<request_parser>(options_.limits);
  }
  std::unique_ptr<dovetail::response_parser> new_response_parser() const override {
    return std::make_unique<response_parser>(options_.limits);
  }

  verdict filter(const request& asked, session& who, std::string& answer) const override {
    return filter_request(options_, asked, who, answer);
  }

  server_range audience(const request& asked) const override {
    switch (manner_of(asked).to) {
      case reach::owners:
        break;
      case reach::everyone:
        return {.first = 0, .end = options_.server_count()};
      case reach::cursor: {
        const auto at = read_cursor(asked.argument(1), options_.server_count());
        return {.first = at->server, .end = at->server + 1};
      }
    }
    return {};
  }

  bool splits(const request& asked) const override {
    return row_of(asked).split != split_kind::none;
  }
  std::string_view crossing_refusal() const override {
    // Clients look for the beginning, which is redis cluster's.
    return "-CROSSSLOT Keys in request don't hash to the same slot "
           "(this proxy: use a hash_tag, or on_cross_slot: first_key)\r\n";
  }

  void write(const request& asked, outbox& out) const override {
    if (row_of(asked).how.to == reach::cursor)
      return write_scan(asked, options_.server_count(), out);
    write_request(asked, out);
  }
  void write_part(const request& asked,
                  std::span<const std::uint32_t> keys,
                  outbox& out) const override {
    write_request_part(asked, keys, out);
  }

  expectation expect(const request& asked, byte_queue&) const override {
    const std::size_t arguments = asked.arguments.size();
    return expect_reply(asked, asked.keys.size(), arguments < 2 ? 0 : arguments - 2);
  }
  expectation expect_part(const request& asked,
                          std::span<const std::uint32_t> keys,
                          byte_queue&) const override {
    return expect_reply(asked, keys.size(), 0);
  }

  void plan_join(const request& asked, split_request& plan) const override {
    plan.join = join_of(manner_of(asked).join);
  }

  bool fails_by_key(const request& asked) const override {
    return manner_of(asked).join == join_kind::array;
  }

  bool plausible(const expectation& expected,
                 std::string_view echo,
                 const response& came,
                 std::string_view bytes) const override;

  void refuse(std::string_view why, std::string& out) const override {
    append_error(out, std::string("ERR ").append(why));
  }
  bool is_error(std::string_view reply) const override { return reply.starts_with('-'); }

  const std::vector<std::string>& greeting() const override { return greeting_; }
  std::string_view secret() const override { return options_.password; }
  bool accepts_greeting(const response& came) const override { return came.shape == shape::status; }

  std::string_view probe() const override { return "*1\r\n$4\r\nPING\r\n"; }
  expectation expect_probe() const override { return {.shapes = shape::status | shape::pong}; }

 private:
  options options_;
  std::vector<std::string> greeting_;
};

// A server may refuse anything. Otherwise the shape must be one of the command's, an array as long
// as expected and of such elements, and a number of keys (DEL, EXISTS …) not above the keys asked
// about. PING has one answer, so that a second +OK to AUTH is none.
bool redis_protocol::plausible(const expectation& expected,
                               std::string_view,
                               const response& came,
                               std::string_view bytes) const {
  if (came.is_error()) return true;
  if ((came.shape & expected.shapes) == 0) return false;
  if ((expected.shapes & shape::pong) != 0) return bytes == "+PONG\r\n";
  if (expected.elements != 0 && (came.elements & ~expected.elements) != 0) return false;
  if (expected.count == expectation::any_count) return true;
  if (came.shape == shape::array) {
    const bool fits = (expected.shapes & shape::page) == 0 || is_page(bytes);
    return came.count == expected.count && fits;
  }
  if (came.shape != shape::integer) return true;
  const std::optional<std::int64_t> number = parse_signed_strict(bytes.substr(1, bytes.size() - 3));
  return number && *number >= 0 && *number <= expected.count;
}

}  // namespace

std::unique_ptr<protocol> make_protocol(const options& with) {
  return std::make_unique<redis_protocol>(with);
}

}  // namespace dovetail::redis
