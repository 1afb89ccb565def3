#include "daemon/worker.h"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <expected>
#include <fstream>
#include <future>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>

#include <sys/stat.h>

#include "asio/loop.h"
#include "asio/unix_share.h"
#include "base/last_deed.h"
#include "base/time.h"
#include "config/config.h"
#include "config/print.h"
#include "daemon/log.h"
#include "proxy/options_text.h"
#include "proxy/proxy.h"
#include "recorder/entry.h"
#include "recorder/file.h"
#include "stats/snapshot.h"

namespace dovetail {
namespace {

proxy_options with_wall_clock(proxy_options how, const asio_loop& loop) {
  const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
  how.clock_to_unix = std::chrono::floor<duration>(unix_time) - loop.now().time_since_epoch();
  return how;
}

thread_local worker* on_this_thread = nullptr;

}  // namespace

worker::worker(const config& with,
               const proxy_options& how,
               process_log& log,
               std::string name,
               unix_share& share,
               std::size_t recorder_bytes)
    : loop_(&share),
      log_(log, std::move(name)),
      recorded_(recorder_bytes > 0 ? std::make_unique<recorded>(loop_, recorder_bytes) : nullptr),
      proxy_(with, with_wall_clock(how, loop_), network(), log_) {
  if (!recorded_) return;
  log_.is_recorded();
  recorded_->seam.attach(proxy_);
  recorded_->began.circumstances = describe_options(proxy_.options());
  recorded_->began.circumstances.emplace_back("version", DOVETAIL_VERSION);
  recorded_->began.configuration = print_config(with);
}

worker::~worker() {
  if (thread_.joinable()) {
    loop_.stop();
    thread_.join();
  }
  if (recorded_) recorded_->seam.stop();
}

io::network& worker::network() {
  if (recorded_) return recorded_->seam;
  return loop_;
}

io::handler& worker::handler() {
  if (recorded_) return recorded_->seam;
  return proxy_;
}

// The proxy is about to be told something beside the seam; at the time that this returns.
instant worker::note(entry_kind told, const config* configuration, std::size_t clients_max) {
  const instant now = loop_.now();
  if (!recorded_) return now;
  const std::string text = configuration != nullptr ? print_config(*configuration) : std::string();
  recorded_->seam.note(told, now, text, clients_max);
  return now;
}

std::expected<void, std::string> worker::start() {
  return proxy_.start(note(entry_kind::start));
}

void worker::run() {
  thread_ = std::thread([this] {
    if (recorded_) {
      on_this_thread = this;
      set_last_deed([] { on_this_thread->write_last_recording(); });
    }
    loop_.run(handler());
  });
}

// The log that was being written to may end in the middle of an entry: what replays it says so.
void worker::write_last_recording() {
  if (std::ofstream file = open_recording(last_recording_)) {
    dovetail::write_recording(file, recorded_->began, recorded_->log.chunks());
    std::fprintf(stderr, "recorded in %s\n", last_recording_.c_str());
  }
}

// They hold what clients said: only the process's own user may read them, and none is written into
// a file, or over a link, that somebody else has put there.
std::ofstream open_recording(const std::string& path) {
  const mode_t before = ::umask(S_IRWXG | S_IRWXO);
  std::ofstream file(path, std::ios::binary | std::ios::noreplace);
  ::umask(before);
  return file;
}

// Runs `work` on the loop's thread, within a turn; returns what it returned.
template <class Work>
auto worker::on_loop(Work work) {
  std::packaged_task<decltype(work())()> task(std::move(work));
  auto done = task.get_future();
  loop_.post([&task] { task(); });
  return done.get();
}

void worker::write_recording(std::ostream& to) {
  if (!recorded_) return;
  const auto chunks = on_loop([this] { return recorded_->log.chunks(); });
  dovetail::write_recording(to, recorded_->began, chunks);
}

std::expected<void, std::string> worker::prepare(const config& next) {
  return on_loop([&] {
    note(entry_kind::prepare, &next);
    return proxy_.prepare(next);
  });
}

void worker::forget_prepared() {
  on_loop([this] {
    note(entry_kind::forget);
    proxy_.forget_prepared();
  });
}

void worker::adopt(const config& next, std::size_t client_connections_max) {
  on_loop([&] {
    const instant now = note(entry_kind::adopt, &next, client_connections_max);
    proxy_.adopt(next, client_connections_max, now);
  });
}

void worker::drain() {
  loop_.post([this] { proxy_.drain(note(entry_kind::drain)); });
}

bool worker::drained() {
  loop_.post([this] { drained_ = proxy_.drained(); });
  return drained_;
}

worker_view worker::view() const {
  worker_view view{.connections = &proxy_.connection_counters(), .pools = {}};
  for (std::size_t at = 0; at < proxy_.pool_count(); ++at) {
    view.pools.push_back(proxy_.view(at));
  }
  return view;
}

}  // namespace dovetail
