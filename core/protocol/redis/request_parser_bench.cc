#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "buffer/block.h"
#include "buffer/inbox.h"
#include "message/request.h"
#include "protocol/protocol.h"
#include "protocol/redis/request_parser.h"

namespace dovetail::redis {
namespace {

std::string repeated(std::string_view request, std::size_t bytes_min) {
  std::string all;
  while (all.size() < bytes_min)
    all += request;
  return all;
}

// Parses a pipeline that comes in reads of at most `read_bytes`.
void parse_all(benchmark::State& state, std::string_view pipeline, std::size_t read_bytes) {
  block_pool pool;
  inbox in(pool);
  request_parser parser(message_limits{});
  request found;
  std::int64_t requests = 0;
  for (auto _ : state) {
    for (std::string_view left = pipeline; !left.empty();) {
      const auto room = in.room();
      const std::size_t taken = std::min({room.size(), left.size(), read_bytes});
      left.copy(reinterpret_cast<char*>(room.data()), taken);
      left.remove_prefix(taken);
      in.fill(taken);
      while (parser.parse(in, found) == parse_status::complete) {
        benchmark::DoNotOptimize(found.keys.data());
        in.consume(found.consumed);
        ++requests;
      }
    }
  }
  state.SetItemsProcessed(requests);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(pipeline.size()));
}

void get(benchmark::State& state) {
  parse_all(state, repeated("*2\r\n$3\r\nGET\r\n$16\r\nkey:000000001234\r\n", 16000), 16384);
}

void set_100_bytes(benchmark::State& state) {
  const std::string value(100, 'v');
  parse_all(
      state,
      repeated("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000001234\r\n$100\r\n" + value + "\r\n", 16000),
      16384);
}

void mget_100_keys(benchmark::State& state) {
  std::string request = "*101\r\n$4\r\nMGET\r\n";
  for (int at = 0; at < 100; ++at)
    request += "$16\r\nkey:000000001234\r\n";
  parse_all(state, repeated(request, 16000), 16384);
}

void set_1_megabyte(benchmark::State& state) {
  const std::string value(1U << 20, 'v');
  parse_all(state, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048576\r\n" + value + "\r\n", 65536);
}

void inline_get(benchmark::State& state) {
  parse_all(state, repeated("GET key:000000001234\r\n", 16000), 16384);
}

}  // namespace

BENCHMARK(get)->Name("redis/request_parser/get");
BENCHMARK(set_100_bytes)->Name("redis/request_parser/set_100_bytes");
BENCHMARK(mget_100_keys)->Name("redis/request_parser/mget_100_keys");
BENCHMARK(set_1_megabyte)->Name("redis/request_parser/set_1_megabyte");
BENCHMARK(inline_get)->Name("redis/request_parser/inline_get");

}  // namespace dovetail::redis
