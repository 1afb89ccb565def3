#include "sim/model/memcache_server.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "buffer/inbox.h"
#include "buffer/outbox.h"
#include "sim/model/conversation.h"
#include "sim/model/memcache_call.h"
#include "sim/model/wall_clock.h"

namespace dovetail::sim {
namespace {

// A line without an end may only grow beyond this as a get of many keys (proto_text.c,
// try_read_command_ascii).
constexpr std::size_t line_bytes_max = 2048;

bool is_endless(std::string_view line) {
  if (line.size() <= line_bytes_max) return false;
  const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
  const std::string_view rest = line.substr(blanks);
  return blanks > 100 || !(rest.starts_with("get ") || rest.starts_with("gets "));
}

// Separated by blanks, not by tabs.
std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t size = std::min(line.find(' '), line.size());
    if (size > 0) words.push_back(line.substr(0, size));
    line.remove_prefix(std::min(size + 1, line.size()));
  }
  return words;
}

}  // namespace

class memcache_server::talk final : public conversation {
 public:
  explicit talk(memcache_server& with) : with_(&with) {}

  step serve(inbox& in, outbox& out, instant now) override {
    if (!swallow(in)) return step::incomplete;
    if (!upload_) {
      const step line = serve_line(in, out, with_->clock_.at(now));
      if (line != step::served || !upload_) return line;
    }
    return serve_data(in, out, with_->clock_.at(now));
  }

 private:
  // Skips what belongs to a refused request; false while more of it has to come.
  bool swallow(inbox& in) {
    const std::size_t size = std::min(swallowed_, in.size());
    if (size > 0) in.consume(size);
    swallowed_ -= size;
    return swallowed_ == 0;
  }

  step serve_line(inbox& in, outbox& out, unix_ms now) {
    const std::size_t size = in.unread().find('\n');
    if (size == std::string_view::npos) {
      return is_endless(in.unread()) ? step::hang_up : step::incomplete;
    }
    std::string_view line = in.unread().substr(0, size);
    if (line.size() > 1 && line.ends_with('\r')) line.remove_suffix(1);
    const std::string kept(line);
    in.consume(size + 1);
    return run(kept, out, now);
  }

  step run(std::string_view line, outbox& out, unix_ms now) {
    const auto words = split(line);
    memcache_call call{.words = words, .items = with_->items_, .now = now, .out = out};
    if (words.empty() || words[0].size() < 2) {
      call.reply("ERROR");
    } else {
      run_memcache_command(call);
    }
    upload_ = std::move(call.upload);
    swallowed_ = call.swallowed;
    return call.closing ? step::hang_up : step::served;
  }

  step serve_data(inbox& in, outbox& out, unix_ms now) {
    const std::size_t size = upload_->data_bytes + 2;
    if (in.size() < size) {
      in.expect(size);
      return step::incomplete;
    }
    const memcache_upload upload = std::move(*std::exchange(upload_, std::nullopt));
    finish_memcache_upload(upload, in.unread().substr(0, size), with_->items_, now, out);
    in.consume(size);
    return step::served;
  }

  memcache_server* with_;
  std::optional<memcache_upload> upload_;
  std::size_t swallowed_ = 0;
};

std::unique_ptr<conversation> memcache_server::accept() {
  return std::make_unique<talk>(*this);
}

}  // namespace dovetail::sim
