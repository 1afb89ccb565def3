#include "stats/snapshot.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stats/counters.h"
#include "stats/metrics.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

// Two pools, of two servers and of one.
struct counted_worker {
  worker_counters connections;
  std::shared_ptr<pool_counters> be = std::make_shared<pool_counters>();
  std::shared_ptr<pool_counters> alpha = std::make_shared<pool_counters>();
  std::vector<std::shared_ptr<server_counters>> servers{std::make_shared<server_counters>(),
                                                        std::make_shared<server_counters>(),
                                                        std::make_shared<server_counters>()};

  worker_view view() const {
    return {.connections = &connections,
            .pools = {{.whole = be, .servers = {servers[0]}},
                      {.whole = alpha, .servers = {servers[1], servers[2]}}}};
  }
};

const std::vector<pool_names> names = {{.pool = "be", .servers = {"127.0.0.1:29125"}},
                                       {.pool = "alpha", .servers = {"srv", "127.0.0.1:29123"}}};

const stats_heading heading = {
    .source = "vm", .version = "0.5.0", .uptime_s = 0, .timestamp_s = 1795474937};

std::string json_of(const std::vector<worker_view>& workers) {
  return to_json(take_snapshot(names, workers), heading);
}

// Recorded from nutcracker 0.5.0 with these two pools.
constexpr auto recorded =
    R"({"service":"nutcracker", "source":"vm", "version":"0.5.0", "uptime":0, )"
    R"("timestamp":1795474937, "total_connections":2, "curr_connections":2, )"
    R"("be": {"client_eof":0, "client_err":0, "client_connections":0, "server_ejects":0, )"
    R"("forward_error":0, "fragments":0, "127.0.0.1:29125": {"server_eof":0, "server_err":0, )"
    R"("server_timedout":0, "server_connections":0, "server_ejected_at":0, "requests":0, )"
    R"("request_bytes":0, "responses":0, "response_bytes":0, "in_queue":0, "in_queue_bytes":0, )"
    R"("out_queue":0, "out_queue_bytes":0}},)"
    R"("alpha": {"client_eof":0, "client_err":0, "client_connections":0, "server_ejects":0, )"
    R"("forward_error":0, "fragments":0, "srv": {"server_eof":0, "server_err":0, )"
    R"("server_timedout":0, "server_connections":0, "server_ejected_at":0, "requests":0, )"
    R"("request_bytes":0, "responses":0, "response_bytes":0, "in_queue":0, "in_queue_bytes":0, )"
    R"("out_queue":0, "out_queue_bytes":0},"127.0.0.1:29123": {"server_eof":0, "server_err":0, )"
    R"("server_timedout":0, "server_connections":0, "server_ejected_at":0, "requests":0, )"
    R"("request_bytes":0, "responses":0, "response_bytes":0, "in_queue":0, "in_queue_bytes":0, )"
    R"("out_queue":0, "out_queue_bytes":0}}})";

TEST(snapshot, is_written_byte_for_byte_as_twemproxy_does) {
  counted_worker worker;
  worker.connections.total_connections.set(2);
  worker.connections.curr_connections.set(2);

  EXPECT_EQ(json_of({worker.view()}), recorded);
}

TEST(snapshot, adds_up_the_workers_and_keeps_the_latest_ejection) {
  counted_worker first;
  counted_worker second;
  first.connections.total_connections.set(7);
  second.connections.total_connections.set(5);
  first.alpha->client_eof.set(1);
  second.alpha->client_eof.set(2);
  first.servers[2]->requests.set(10);
  second.servers[2]->requests.set(20);
  first.servers[2]->server_ejected_at.set(1700000000000000);
  second.servers[2]->server_ejected_at.set(1600000000000000);

  const std::string json = json_of({first.view(), second.view()});

  EXPECT_THAT(json, HasSubstr(R"("total_connections":12, )"));
  EXPECT_THAT(json, HasSubstr(R"("alpha": {"client_eof":3, )"));
  EXPECT_THAT(json, HasSubstr(R"("server_ejected_at":1700000000000000, "requests":30, )"));
}

TEST(snapshot, puts_each_counter_under_its_name) {
  counted_worker worker;
  std::int64_t next = 100;
  for (const pool_metric& each : pool_metrics)
    ((*worker.be).*each.value).set(++next);
  next = 106;
  for (const server_metric& each : server_metrics)
    ((*worker.servers[0]).*each.value).set(++next);
  worker.be->doubtful_responses.set(999);

  const std::string json = json_of({worker.view()});

  EXPECT_EQ(worker.be->fragments.get(), 106);
  EXPECT_EQ(worker.servers[0]->out_queue_bytes.get(), 119);
  EXPECT_THAT(json, HasSubstr(R"("client_eof":101, "client_err":102, "client_connections":103, )"
                              R"("server_ejects":104, "forward_error":105, "fragments":106, )"));
  EXPECT_THAT(json, HasSubstr(R"("in_queue":116, "in_queue_bytes":117, "out_queue":118, )"
                              R"("out_queue_bytes":119}},"alpha")"));
  EXPECT_THAT(json, testing::Not(HasSubstr("999")));
}

TEST(snapshot, escapes_names) {
  const std::vector<pool_names> odd = {{.pool = "a\"b\\\n\x7f\xc3\xa9", .servers = {}}};
  const std::string json = to_json(take_snapshot(odd, {}), heading);

  EXPECT_THAT(json, HasSubstr("\"a\\\"b\\\\\\u000a\x7f\xc3\xa9\": {\"client_eof\":0, "));
}

TEST(snapshot, stays_a_document_without_pools) {
  EXPECT_EQ(to_json({}, heading),
            R"({"service":"nutcracker", "source":"vm", "version":"0.5.0", "uptime":0, )"
            R"("timestamp":1795474937, "total_connections":0, "curr_connections":0})");
}

TEST(metrics, are_described_with_twemproxys_names_and_texts) {
  const std::string text = describe_metrics();

  EXPECT_TRUE(
      text.starts_with("pool stats:\n  client_eof          \"# eof on client connections\"\n"));
  EXPECT_THAT(text, HasSubstr("\n\nserver stats:\n  server_eof          \"# eof on server"));
  EXPECT_THAT(text, HasSubstr("  server_ejected_at   \"timestamp when server was ejected in usec "
                              "since epoch\"\n"));
  EXPECT_TRUE(
      text.ends_with("  out_queue_bytes     \"current request bytes in outgoing queue\"\n"));
}

}  // namespace
}  // namespace dovetail
