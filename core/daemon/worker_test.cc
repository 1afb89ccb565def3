#include "daemon/worker.h"

#include <chrono>
#include <string>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "asio/unix_share.h"
#include "base/check.h"
#include "config/config.h"
#include "daemon/log.h"
#include "daemon/testing/folder.h"
#include "proxy/proxy.h"
#include "recorder/file.h"

namespace dovetail {
namespace {

using boost::asio::local::stream_protocol;

config one_pool(const std::string& socket) {
  pool_config pool;
  pool.name = "alpha";
  pool.redis = true;
  pool.listen = {.host = {}, .port = 0, .path = socket};
  pool.servers = {
      {.address = {.host = "127.0.0.1", .port = 1, .path = {}}, .weight = 1, .name = "a"}};
  return {.pools = {pool}};
}

// Of a recorded worker, in its loop, once a client has had so much echoed that memory goes back.
void break_a_promise(const folder& files) {
  const auto log = process_log::open("", 5);
  proxy_options how;
  how.kept_bytes_max = 0;
  how.after_trim = [] { DOVETAIL_CHECK(false); };
  unix_share share;
  worker running(one_pool(files.file("socket")), how, **log, "", share, 16U << 20);
  running.set_last_recording(files.file("last.recording"));
  if (!running.start()) return;
  running.run();

  boost::asio::io_context context;
  stream_protocol::socket client(context);
  client.connect(stream_protocol::endpoint(files.file("socket")));
  const std::string text(3U << 20, 'x');
  const std::string echoed = "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  boost::asio::write(client, boost::asio::buffer("*2\r\n$4\r\nECHO\r\n" + echoed));
  std::string came(echoed.size(), '\0');
  boost::asio::read(client, boost::asio::buffer(came));
  std::this_thread::sleep_for(std::chrono::seconds(60));
}

TEST(worker_death_test, writes_down_what_was_recorded_when_a_promise_is_broken) {
  const folder files;
  EXPECT_DEATH(break_a_promise(files), "broken promise: false\nrecorded in .*last.recording");
  const std::string bytes = files.read("last.recording");
  const auto read = parse_recording(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->damaged.empty());
  EXPECT_NE(read->what.configuration.find("alpha"), std::string::npos);
}

}  // namespace
}  // namespace dovetail
