#include "daemon/crew.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "buffer/block.h"
#include "config/config.h"
#include "daemon/limits.h"
#include "daemon/log.h"
#include "daemon/memory.h"
#include "daemon/options.h"
#include "daemon/worker.h"
#include "proxy/proxy.h"
#include "stats/snapshot.h"

namespace dovetail {
namespace {

std::vector<pool_names> names_of(const config& with) {
  std::vector<pool_names> names;
  for (const pool_config& pool : with.pools) {
    pool_names& each = names.emplace_back(pool_names{.pool = pool.name, .servers = {}});
    for (const server_config& server : pool.servers)
      each.servers.push_back(server.name);
  }
  return names;
}

std::uint64_t random_seed() {
  std::random_device source;
  const std::uint64_t high = source();
  return high << 32 | source();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

crew::crew(int size, const options& how, process_log& log)
    : options_(how), log_(log), size_(size) {}

std::vector<std::string> crew::start(const config& with) {
  const auto clients = clients_per_worker(with, raise_descriptor_limit(), size_);
  if (!clients) return {clients.error()};

  log_.write(log_level::notice, fmt::format("descriptors for {} clients of each worker", *clients));
  proxy_options how;
  how.block_size = options_.mbuf_size - block_pool::overhead;
  how.reuse_port = size_ > 1;
  how.client_connections_max = *clients;
  how.after_trim = give_rest_back;
  for (int each = 0; each < size_; ++each) {
    how.seed = random_seed();
    how.is_first = each == 0;
    std::string name = size_ > 1 ? fmt::format("worker {}", each) : std::string();
    workers_.push_back(std::make_unique<worker>(with, how, log_, std::move(name), unix_sockets_,
                                                options_.recorder_bytes));
    workers_.back()->set_last_recording(recording_path(each, "last"));
    // The next worker would fail alike.
    const auto started = workers_.back()->start();
    if (!started) return lines_of(started.error());
  }
  show(with);
  return {};
}

void crew::run() {
  for (const auto& each : workers_)
    each->run();
}

std::vector<std::string> crew::reload(const config& next) {
  const auto clients = clients_per_worker(next, raise_descriptor_limit(), size_);
  if (!clients) return {clients.error()};
  for (const auto& each : workers_) {
    const auto prepared = each->prepare(next);
    if (prepared) continue;
    for (const auto& any : workers_)
      any->forget_prepared();
    return lines_of(prepared.error());
  }
  for (const auto& each : workers_)
    each->adopt(next, *clients);
  show(next);
  return {};
}

void crew::show(const config& what) {
  auto names = names_of(what);
  std::vector<worker_view> views;
  views.reserve(workers_.size());
  for (const auto& each : workers_)
    views.push_back(each->view());
  const std::scoped_lock lock(shown_);
  names_ = std::move(names);
  views_ = std::move(views);
}

std::string crew::recording_path(int worker, std::string_view which) const {
  const auto name = fmt::format("dovetail-{}-{}-{}.recording", ::getpid(), worker, which);
  return (std::filesystem::path(options_.recordings) / name).string();
}

std::vector<std::string> crew::write_recordings() {
  std::vector<std::string> lines;
  if (options_.recorder_bytes == 0) return lines;
  const int count = ++recordings_;
  for (int at = 0; at < size_; ++at) {
    const std::string path = recording_path(at, std::to_string(count));
    std::ofstream file = open_recording(path);
    if (file) workers_[static_cast<std::size_t>(at)]->write_recording(file);
    if (file) file.close();
    lines.push_back(file ? fmt::format("worker {} is recorded in {}", at, path)
                         : fmt::format("recording {} cannot be written: {}", path,
                                       std::generic_category().message(errno)));
  }
  return lines;
}

void crew::drain() {
  for (const auto& each : workers_)
    each->drain();
}

// Every worker is asked each time.
bool crew::drained() {
  bool all = true;
  for (const auto& each : workers_)
    all = each->drained() && all;
  return all;
}

snapshot crew::counted() const {
  const std::scoped_lock lock(shown_);
  return take_snapshot(names_, views_);
}

}  // namespace dovetail
