#include "stats/prometheus.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/request_class.h"
#include "stats/counters.h"
#include "stats/metrics.h"
#include "stats/snapshot.h"

namespace dovetail {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const stats_heading heading = {
    .source = "vm", .version = "0.1.0", .uptime_s = 12, .timestamp_s = 1795474937};

// Pools "alpha", of two servers, and one with an awkward name.
const std::vector<pool_names> names = {{.pool = "alpha", .servers = {"one", "127.0.0.1:6380"}},
                                       {.pool = "a\"b\\\nc", .servers = {"s\\"}}};

struct counted_worker {
  worker_counters connections;
  std::shared_ptr<pool_counters> alpha = std::make_shared<pool_counters>();
  std::shared_ptr<pool_counters> odd = std::make_shared<pool_counters>();
  std::vector<std::shared_ptr<server_counters>> servers{std::make_shared<server_counters>(),
                                                        std::make_shared<server_counters>(),
                                                        std::make_shared<server_counters>()};

  std::string text() const {
    const worker_view view = {.connections = &connections,
                              .pools = {{.whole = alpha, .servers = {servers[0], servers[1]}},
                                        {.whole = odd, .servers = {servers[2]}}}};
    return to_prometheus(take_snapshot(names, {&view, 1}), heading);
  }
};

TEST(prometheus, says_help_and_type_of_a_metric_once_before_its_samples) {
  counted_worker worker;
  worker.alpha->client_connections.set(3);
  worker.alpha->doubtful_responses.set(7);

  EXPECT_THAT(worker.text(),
              HasSubstr("# HELP dovetail_client_connections Number of active client connections\n"
                        "# TYPE dovetail_client_connections gauge\n"
                        "dovetail_client_connections{pool=\"alpha\"} 3\n"
                        "dovetail_client_connections{pool=\"a\\\"b\\\\\\nc\"} 0\n"
                        "# HELP dovetail_server_ejects_total"));
  EXPECT_THAT(worker.text(), HasSubstr("# TYPE dovetail_pairing_violations_total counter\n"
                                       "dovetail_pairing_violations_total{pool=\"alpha\"} 7\n"));
}

TEST(prometheus, names_pool_and_server) {
  counted_worker worker;
  worker.servers[1]->absorbed.set(5);
  worker.servers[2]->lost.set(6);

  EXPECT_THAT(
      worker.text(),
      HasSubstr("\ndovetail_server_absorbed_total{pool=\"alpha\",server=\"127.0.0.1:6380\"} 5\n"));
  EXPECT_THAT(
      worker.text(),
      HasSubstr("\ndovetail_server_lost_total{pool=\"a\\\"b\\\\\\nc\",server=\"s\\\\\"} 6\n"));
}

TEST(prometheus, counts_the_workers_for_which_a_server_is_out) {
  counted_worker worker;
  worker.servers[0]->ejected.set(1);

  const std::string text = worker.text();
  EXPECT_THAT(text, HasSubstr("# TYPE dovetail_server_ejected gauge\n"
                              "dovetail_server_ejected{pool=\"alpha\",server=\"one\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("dovetail_server_ejected{pool=\"alpha\",server=\"127.0.0.1:6380\"} 0\n"));
}

TEST(prometheus, gives_times_in_seconds) {
  counted_worker worker;
  worker.servers[0]->server_ejected_at.set(1700000000000012);

  EXPECT_THAT(worker.text(), HasSubstr("dovetail_server_ejected_timestamp_seconds{pool=\"alpha\","
                                       "server=\"one\"} 1700000000.000012\n"));
  EXPECT_THAT(worker.text(), testing::Not(HasSubstr("usec")));
}

TEST(prometheus, has_a_histogram_for_each_class_of_requests_that_a_server_answered) {
  counted_worker worker;
  auto& reads = worker.servers[0]->times[static_cast<std::size_t>(request_class::read)].whole;
  reads.add(50);
  reads.add(100);
  reads.add(2000000000);

  const std::string text = worker.text();
  const std::string labels = R"({pool="alpha",server="one",class="read")";
  EXPECT_THAT(text, HasSubstr("# TYPE dovetail_server_latency_seconds histogram\n"
                              "dovetail_server_latency_seconds_bucket" +
                              labels + ",le=\"0.000064\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(labels + ",le=\"0.000096\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(labels + ",le=\"0.000128\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(labels + ",le=\"67.108864\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(labels + ",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("_sum" + labels + "} 2000.000150\n"));
  EXPECT_THAT(text, HasSubstr("_count" + labels + "} 3\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("class=\"write\"")));
}

TEST(prometheus, has_the_parts_of_a_response_s_time_and_that_of_connecting) {
  counted_worker worker;
  auto& reads = worker.servers[0]->times[static_cast<std::size_t>(request_class::read)];
  reads.queue.add(3000000);
  reads.wire.add(4000000);
  worker.servers[0]->connect.add(5000000);

  const std::string text = worker.text();
  const std::string server = R"({pool="alpha",server="one")";
  EXPECT_THAT(text, HasSubstr("queue_seconds_sum" + server + ",class=\"read\"} 3.000000\n"));
  EXPECT_THAT(text, HasSubstr("wire_seconds_sum" + server + ",class=\"read\"} 4.000000\n"));
  EXPECT_THAT(text, HasSubstr("connect_seconds_sum" + server + "} 5.000000\n"));
}

TEST(prometheus, describes_the_process) {
  counted_worker worker;
  worker.connections.total_connections.set(9);
  worker.connections.stale_events.set(2);
  worker.connections.reloads.set(4);

  EXPECT_THAT(worker.text(), StartsWith("# HELP dovetail_build_info always 1; the version is a "
                                        "label\n# TYPE dovetail_build_info gauge\n"
                                        "dovetail_build_info{version=\"0.1.0\"} 1\n"));
  EXPECT_THAT(worker.text(), HasSubstr("\ndovetail_uptime_seconds 12\n"));
  EXPECT_THAT(worker.text(), HasSubstr("\ndovetail_connections_opened_total 9\n"));
  EXPECT_THAT(worker.text(), HasSubstr("\ndovetail_stale_events_total 2\n"));
  EXPECT_THAT(worker.text(), HasSubstr("\ndovetail_reloads_total 4\n"));
}

TEST(prometheus, has_each_name_once) {
  std::vector<std::string> exposed;
  exposed.reserve(pool_metrics.size() + server_metrics.size());
  for (const pool_metric& each : pool_metrics)
    exposed.emplace_back(each.exposed);
  for (const server_metric& each : server_metrics)
    exposed.emplace_back(each.exposed);
  for (const std::string& each : exposed)
    EXPECT_THAT(each, testing::MatchesRegex("dovetail_[a-z_]+"));
  std::ranges::sort(exposed);
  EXPECT_EQ(std::ranges::adjacent_find(exposed), exposed.end());
}

}  // namespace
}  // namespace dovetail
