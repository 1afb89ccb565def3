// Finding messages in what a socket delivers, and writing them anew.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "buffer/block.h"
#include "buffer/byte_queue.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "message/request.h"
#include "message/response.h"
#include "protocol/memcache/expect.h"
#include "protocol/memcache/request_parser.h"
#include "protocol/memcache/response_parser.h"
#include "protocol/memcache/split.h"
#include "protocol/protocol.h"

namespace dovetail::memcache {
namespace {

constexpr std::size_t batch = 64;  // messages of one read

std::string repeated(const std::string& message) {
  std::string all;
  for (std::size_t at = 0; at < batch; ++at)
    all += message;
  return all;
}

void feed(inbox& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = to.room();
    const std::size_t taken = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), taken);
    to.fill(taken);
    bytes.remove_prefix(taken);
  }
}

void requests(benchmark::State& state, const std::string& message) {
  block_pool pool;
  inbox from(pool);
  outbox out(pool);
  byte_queue echo;
  request_parser parser{message_limits{}};
  const std::string stream = repeated(message);
  request found;
  for (auto _ : state) {
    feed(from, stream);
    while (!from.empty()) {
      if (parser.parse(from, found) != parse_status::complete) std::abort();
      write(found, out);
      const expectation expected = expect(found, echo);
      echo.drop(expected.echo_size);
      from.consume(found.consumed);
    }
    out.clear();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * batch));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * stream.size()));
}

void responses(benchmark::State& state, const std::string& message) {
  block_pool pool;
  inbox from(pool);
  response_parser parser{message_limits{}};
  const std::string stream = repeated(message);
  response found;
  for (auto _ : state) {
    feed(from, stream);
    while (!from.empty()) {
      if (parser.parse(from, found) != parse_status::complete) std::abort();
      from.consume(found.size);
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * batch));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * stream.size()));
}

std::string get_of(int keys) {
  std::string line = "get";
  for (int at = 0; at < keys; ++at)
    line += " some:key:" + std::to_string(100000 + at);
  return line + "\r\n";
}

const std::string value(100, 'v');
const std::string large(100000, 'v');

BENCHMARK_CAPTURE(requests, memcache_get, get_of(1));
BENCHMARK_CAPTURE(requests, memcache_get_anew, "get some:key:100000 \r\n");
BENCHMARK_CAPTURE(requests, memcache_get_of_100_keys, get_of(100));
BENCHMARK_CAPTURE(requests, memcache_set, "set some:key:100000 0 0 100\r\n" + value + "\r\n");
BENCHMARK_CAPTURE(requests,
                  memcache_set_noreply,
                  "set some:key:100000 0 0 100 noreply\r\n" + value + "\r\n");
BENCHMARK_CAPTURE(requests,
                  memcache_set_of_100_kb,
                  "set some:key:100000 0 0 100000\r\n" + large + "\r\n");
BENCHMARK_CAPTURE(requests, memcache_mg, "mg some:key:100000 v k O123456\r\n");
BENCHMARK_CAPTURE(responses, memcache_stored, "STORED\r\n");
BENCHMARK_CAPTURE(responses,
                  memcache_value,
                  "VALUE some:key:100000 0 100\r\n" + value + "\r\nEND\r\n");
BENCHMARK_CAPTURE(responses, memcache_miss, "END\r\n");
BENCHMARK_CAPTURE(responses, memcache_va, "VA 100 ksome:key:100000 O123456\r\n" + value + "\r\n");

}  // namespace
}  // namespace dovetail::memcache
