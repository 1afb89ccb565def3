// The least that a proxy can do, on the daemon's own loop, as the floor that ci/bench compares
// with.
//
//     client ─▶ framer ─▶ server's output, and how many requests whose: FIFO
//     client ◀─ client's output ◀─ framer ◀─ server       one write for each once a turn
//
// It finds where messages end, copies them and counts whose turn it is: one server, one connection
// to it. It has no limits and believes everything: nothing to put before a real client.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "asio/forwarder_framing.h"
#include "asio/loop.h"
#include "base/endpoint.h"
#include "base/ring.h"
#include "base/slot_table.h"
#include "base/text.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/socket.h"

namespace dovetail {
namespace {

constexpr token server_name{.slot = 0xffff'ffff, .generation = 1};
constexpr token listener_name{.slot = 0xffff'fffe, .generation = 1};

struct peer {
  std::unique_ptr<io::socket> socket;
  std::string output;
  std::size_t written = 0;  // of the output
  bool dirty = false;

  // False when the connection is lost.
  bool flush(token name) {
    dirty = false;
    const std::array<io::const_buffer, 1> rest{std::as_bytes(std::span(output).subspan(written))};
    const auto size = socket->write(rest);
    if (!size) {
      if (size.error() != std::errc::operation_would_block) return false;
      socket->watch(io::readiness::writable, name);
      return true;
    }
    written += *size;
    if (written < output.size()) {
      socket->watch(io::readiness::writable, name);
    } else {
      output.clear();
      written = 0;
    }
    return true;
  }
};

template <class Framing>
class forwarder final : public io::handler {
 public:
  forwarder(asio_loop& loop, const endpoint& to) : loop_(loop) {
    server_.socket = loop.connect(to);
    server_.socket->watch(io::readiness::both, server_name);
  }

  void on_accept(token, std::unique_ptr<io::socket> socket, instant) override {
    auto accepted = std::make_unique<client>();
    accepted->socket = std::move(socket);
    client& added = *accepted;
    added.name = clients_.insert(std::move(accepted));
    added.socket->watch(io::readiness::readable, added.name);
  }

  void on_ready(token who, io::readiness what, instant) override {
    if (who == server_name) {
      if (io::can_write(what) && !server_.flush(server_name)) lose_server();
      if (io::can_read(what)) read_server();
      return;
    }
    client* const from = clients_.find(who);
    if (from == nullptr) return;
    const bool lost =
        (io::can_write(what) && !from->flush(who)) || (io::can_read(what) && !read_client(*from));
    if (lost) clients_.erase(who);
  }

  std::optional<instant> on_turn_end(instant) override {
    if (server_.dirty && !server_.flush(server_name)) lose_server();
    for (const token name : dirty_) {
      client* const to = clients_.find(name);
      if (to != nullptr && !to->flush(name)) clients_.erase(name);
    }
    dirty_.clear();
    return std::nullopt;
  }

 private:
  struct client : peer {
    token name;
    framer<&Framing::request> requests;
    std::string cut_request;
  };

  struct turn_of {
    token client;
    std::uint32_t requests = 0;
  };

  // False at the end of the stream.
  bool read_client(client& from) {
    const auto size = from.socket->read(std::as_writable_bytes(std::span(arrived_)));
    if (!size && size.error() != std::errc::operation_would_block) return false;
    if (size && *size == 0) return false;
    forward(from, std::string_view(arrived_.data(), size.value_or(0)));
    from.socket->watch(io::readiness::readable, from.name);
    return true;
  }

  void forward(client& from, std::string_view bytes) {
    std::size_t whole = 0;
    std::uint32_t requests = 0;
    for (std::string_view left = bytes; !left.empty();) {
      left.remove_prefix(from.requests.take(left));
      if (!from.requests.complete()) continue;
      whole = bytes.size() - left.size();
      ++requests;
    }
    if (requests > 0) {
      server_.output += from.cut_request;
      server_.output += bytes.substr(0, whole);
      server_.dirty = true;
      from.cut_request.clear();
      awaiting_.push({.client = from.name, .requests = requests});
    }
    from.cut_request += bytes.substr(whole);
  }

  void read_server() {
    const auto size = server_.socket->read(std::as_writable_bytes(std::span(arrived_)));
    if (!size && size.error() != std::errc::operation_would_block) return lose_server();
    if (size && *size == 0) return lose_server();
    std::string_view bytes(arrived_.data(), size.value_or(0));
    while (!bytes.empty()) {
      if (awaiting_.empty()) return lose_server();
      bytes.remove_prefix(relay(awaiting_.front(), bytes));
    }
    server_.socket->watch(io::readiness::readable, server_name);
  }

  // Replies go on as they come, in parts as well. Returns how many bytes were this client's.
  std::size_t relay(turn_of& front, std::string_view bytes) {
    std::string_view left = bytes;
    while (!left.empty() && front.requests > 0) {
      left.remove_prefix(replies_.take(left));
      if (replies_.complete()) --front.requests;
    }
    const std::size_t size = bytes.size() - left.size();
    client* const to = clients_.find(front.client);
    if (front.requests == 0) awaiting_.pop();
    if (to == nullptr) return size;
    to->output += bytes.substr(0, size);
    if (!std::exchange(to->dirty, true)) dirty_.push_back(to->name);
    return size;
  }

  void lose_server() {
    std::fputs("forwarder_bench: the server is lost\n", stderr);
    loop_.stop();
  }

  asio_loop& loop_;
  peer server_;
  framer<&Framing::reply> replies_;
  slot_table<client> clients_;
  ring<turn_of> awaiting_;
  std::vector<token> dirty_;
  std::array<char, 65536> arrived_;
};

template <class Framing>
int forward(const endpoint& from, const endpoint& to) {
  asio_loop loop;
  const auto listener = loop.listen(from, {}, listener_name);
  if (!listener) {
    std::fprintf(stderr, "forwarder_bench: %s: %s\n", to_string(from).c_str(),
                 listener.error().message().c_str());
    return 1;
  }
  forwarder<Framing> all(loop, to);
  loop.run(all);
  return 1;
}

// "host:port"
std::optional<endpoint> address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_unsigned(text.substr(colon + 1), 65535);
  if (!port) return std::nullopt;
  return endpoint{.host = std::string(text.substr(0, colon)),
                  .port = static_cast<std::uint16_t>(*port),
                  .path = {}};
}

int run(std::span<const std::string_view> words) {
  if (words.size() == 3) {
    const auto from = address(words[1]);
    const auto to = address(words[2]);
    if (from && to && words[0] == "redis") return forward<redis_framing>(*from, *to);
    if (from && to && words[0] == "memcache") return forward<memcache_framing>(*from, *to);
  }
  std::fputs("usage: forwarder_bench redis|memcache LISTEN-HOST:PORT SERVER-HOST:PORT\n", stderr);
  return 2;
}

}  // namespace
}  // namespace dovetail

int main(int count, char** words) {
  const std::vector<std::string_view> all(words + 1, words + count);
  return dovetail::run(all);
}
