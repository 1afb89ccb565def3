// Where we see messages begin and end, for comparison with real servers (ci/differential).
//
//     boundaries requests redis FILE…    FILE replies_min replies_max end size
//     boundaries replies memcache FILE…  FILE replies_of_the_proxy replies_of_a_client end size
//     boundaries lines memcache FILE     size, and then the stream itself, without the data blocks
//     that
//                                        the proxy passes over because it has refused their command
//
// The end is whole, incomplete, malformed, or closed (behind a request that hangs up); the size
// that of whole messages.

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <ios>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "fuzz/messages.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/memcache/commands.h"
#include "protocol/memcache/memcache.h"
#include "protocol/protocol.h"
#include "protocol/redis/redis.h"
#include "sim/model/memcache_reply_reader.h"
#include "sim/model/redis_reply_reader.h"
#include "sim/model/reply_frame.h"

namespace {

using namespace dovetail;

struct tally {
  std::size_t least = 0;
  std::size_t most = 0;
  std::string_view end = "whole";
  std::size_t size = 0;  // of whole messages
};

// Whether the server may keep silent: it depends on what it would have to say.
bool is_quiet(const request& asked, bool redis) {
  if (redis || !memcache::command_of(asked).meta) return false;
  for (std::size_t at = 1; at < asked.arguments.size(); ++at) {
    if (asked.argument(at).starts_with('q')) return true;
  }
  return false;
}

// To `lines`, unless it is null, goes what `boundaries lines` shows.
tally count_requests(const protocol& speaks, bool redis, inbox& in, std::string* lines) {
  const auto parser = speaks.new_request_parser();
  session who;
  std::string answer;
  const std::size_t total = in.size();
  tally seen;
  request found;
  while (!in.empty()) {
    const parse_status status = parser->parse(in, found);
    if (status == parse_status::malformed) seen.end = "malformed";
    if (status == parse_status::incomplete) seen.end = in.empty() ? "whole" : "incomplete";
    if (status != parse_status::complete) return seen;
    const verdict what = speaks.filter(found, who, answer);
    if (lines != nullptr) lines->append(found.bytes.view());
    in.consume(found.consumed);
    seen.size = total - in.size();
    const bool replies = what == verdict::forward || !answer.empty();
    if (replies && found.reply_wanted) {
      ++seen.most;
      if (!is_quiet(found, redis)) ++seen.least;
    }
    if (what != verdict::hang_up) continue;
    seen.end = "closed";
    return seen;
  }
  return seen;
}

template <class Reader>
std::size_t count_replies_of_client(std::string_view bytes) {
  std::size_t count = 0;
  while (!bytes.empty()) {
    const sim::reply_frame read = Reader().read(bytes);
    if (read.is != sim::reply_frame::outcome::complete) break;
    bytes.remove_prefix(read.size);
    ++count;
  }
  return count;
}

tally count_replies(const protocol& speaks, bool redis, inbox& in) {
  tally seen;
  seen.most = redis ? count_replies_of_client<sim::redis_reply_reader>(in.unread())
                    : count_replies_of_client<sim::memcache_reply_reader>(in.unread());
  const auto parser = speaks.new_response_parser();
  response found;
  while (!in.empty()) {
    const parse_status status = parser->parse(in, found);
    if (status == parse_status::malformed) seen.end = "malformed";
    if (status == parse_status::incomplete) seen.end = "incomplete";
    if (status != parse_status::complete) return seen;
    in.consume(found.size);
    seen.size += found.size;
    ++seen.least;
  }
  return seen;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  if (words.size() < 3) return 1;
  const std::string_view question = words[1];
  const bool redis = std::string_view(words[2]) == "redis";
  const auto speaks =
      redis ? redis::make_protocol({.password = {}, .limits = {}}) : memcache::make_protocol({});
  block_pool blocks(block_pool::default_block_size);
  for (const char* const name : words.subspan(3)) {
    std::ifstream file(name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    inbox in(blocks);
    if (!text.empty()) fuzz::put(in, text);
    if (question == "lines") {
      std::string lines;
      count_requests(*speaks, redis, in, &lines);
      std::printf("%zu\n", lines.size());
      lines += in.unread();
      std::fwrite(lines.data(), 1, lines.size(), stdout);
      continue;
    }
    const tally seen = question == "requests" ? count_requests(*speaks, redis, in, nullptr)
                                              : count_replies(*speaks, redis, in);
    std::printf("%s %zu %zu %s %zu\n", name, seen.least, seen.most, std::string(seen.end).c_str(),
                seen.size);
  }
  return 0;
}
