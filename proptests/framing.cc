// However a stream is cut, the same messages come out. Streams are made of the fixtures' messages,
// some of them damaged.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fuzz/parsing.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"

namespace dovetail {
namespace {

using fuzz::cuts;
using fuzz::found_in;

std::vector<std::string> fixtures(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DOVETAIL_FIXTURES "/" + folder)) {
    if (entry.is_regular_file() && entry.path().extension() != ".md") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> all;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return all;
}

std::string stream_of(const std::vector<std::string>& messages) {
  std::string stream;
  const auto chosen =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
  for (const std::uint32_t each : chosen) {
    std::string message = messages[each % messages.size()];
    if (each % 17 == 0 && !message.empty()) {
      message[(each / 17) % message.size()] = static_cast<char>(each >> 24);
    }
    if (stream.size() + message.size() < 100000) stream += message;
  }
  return stream;
}

// `parser` makes a new one.
template <class Message, class NewParser>
void expect_no_difference(const NewParser& parser, const std::string& folder) {
  const auto messages = fixtures(folder);
  RC_ASSERT(!messages.empty());
  const std::string stream = stream_of(messages);
  const cuts pieces = *rc::gen::arbitrary<cuts>();
  const cuts bytes(stream.size(), 0);
  const std::string whole = found_in<Message>(parser(), stream, {});
  RC_ASSERT(found_in<Message>(parser(), stream, pieces) == whole);
  RC_ASSERT(found_in<Message>(parser(), stream, bytes) == whole);
}

void requests_do_not_depend_on_cuts(const protocol& speaks, const std::string& folder) {
  expect_no_difference<request>([&] { return speaks.new_request_parser(); }, folder);
}

void responses_do_not_depend_on_cuts(const protocol& speaks, const std::string& folder) {
  expect_no_difference<response>([&] { return speaks.new_response_parser(); }, folder);
}

RC_GTEST_PROP(framing, redis_requests_do_not_depend_on_cuts, ()) {
  requests_do_not_depend_on_cuts(*redis::make_protocol({}), "redis/requests");
}

RC_GTEST_PROP(framing, redis_responses_do_not_depend_on_cuts, ()) {
  responses_do_not_depend_on_cuts(*redis::make_protocol({}), "redis/responses");
}

RC_GTEST_PROP(framing, memcache_requests_do_not_depend_on_cuts, ()) {
  requests_do_not_depend_on_cuts(*memcache::make_protocol({}), "memcache/requests");
}

RC_GTEST_PROP(framing, memcache_responses_do_not_depend_on_cuts, ()) {
  responses_do_not_depend_on_cuts(*memcache::make_protocol({}), "memcache/responses");
}

}  // namespace
}  // namespace dovetail
