#include "sim/net/host.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/token.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/net/link.h"
#include "sim/net/network.h"
#include "sim/net/route.h"

namespace dovetail::sim {

host::host(sim::network& world, std::uint32_t number, std::string name, bool eager)
    : world_(world), number_(number), name_(std::move(name)), eager_(eager) {}

std::unique_ptr<io::socket> host::connect(const endpoint& to) {
  return std::make_unique<simulated_socket>(world_, world_.connect(*this, to), 0);
}

result<std::unique_ptr<io::listener>> host::listen(const endpoint& at,
                                                   const io::listen_options& how,
                                                   token who) {
  const auto where = world_.take_address(*this, at, how.reuse_port && !how.is_first);
  if (!where) return std::unexpected(where.error());
  return std::make_unique<simulated_listener>(world_, *this, **where, how, who);
}

simulated_listener::simulated_listener(
    sim::network& world, host& at, route& where, const io::listen_options& how, token who)
    : world_(world),
      host_(at),
      where_(where),
      backlog_(static_cast<std::size_t>(std::max(how.backlog, 1))),
      shares_(how.reuse_port),
      who_(who) {
  world_.add(*this);
}

simulated_listener::~simulated_listener() {
  world_.remove(*this);
}

endpoint simulated_listener::where() const {
  return where_.at;
}

simulated_socket::simulated_socket(sim::network& world, link& at, int side)
    : world_(world), link_(at), side_(side) {}

simulated_socket::~simulated_socket() {
  world_.close(link_, side_);
}

result<std::size_t> simulated_socket::read(std::span<std::byte> into) {
  return world_.read(link_, side_, into);
}

result<std::size_t> simulated_socket::write(std::span<const io::const_buffer> from) {
  return world_.write(link_, side_, from);
}

void simulated_socket::watch(io::readiness what, token who) {
  world_.watch(link_, side_, what, who);
}

void simulated_socket::finish() {
  world_.finish(link_, side_);
}

std::string_view simulated_socket::peer() const {
  if (side_ == 1 && link_.local) return {};
  std::string& name = link_.names[side_];
  if (name.empty()) {
    name = side_ == 0 ? to_string(link_.to) : "[client]:" + std::to_string(link_.id);
  }
  return name;
}

}  // namespace dovetail::sim
