#include "asio/listener.h"

#include <cerrno>
#include <expected>
#include <fcntl.h>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <sys/socket.h>

#include "asio/acceptor.h"
#include "asio/address.h"
#include "asio/error.h"
#include "asio/loop.h"
#include "asio/loop_state.h"
#include "asio/unix_file.h"
#include "asio/unix_share.h"
#include "base/endpoint.h"
#include "base/result.h"
#include "base/token.h"
#include "io/network.h"

namespace dovetail {
namespace {

using boost::asio::ip::tcp;
using tcp_resolver = boost::asio::ip::basic_resolver<tcp, asio_executor>;

// The addresses of a host to listen at. An empty host means all of this machine's.
result<std::vector<address>> addresses_of(asio_loop::state& loop, const endpoint& at) {
  if (const auto numeric = numeric_address(at)) return std::vector{*numeric};
  tcp_resolver resolver(loop.context.get_executor());
  boost::system::error_code error;
  const auto flags = tcp_resolver::passive | tcp_resolver::numeric_service;
  const auto found = resolver.resolve(at.host, std::to_string(at.port), flags, error);
  std::vector<address> all;
  for (const auto& entry : found)
    all.emplace_back(entry.endpoint());
  if (error || all.empty()) return failure(static_cast<std::errc>(EHOSTDOWN));
  return all;
}

std::error_code share_port(asio_acceptor& with) {
  const int on = 1;
  const int descriptor = with.raw().native_handle();
  if (::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) return {};
  return {errno, std::generic_category()};
}

// Who is first binds as if nobody else could, and lets others in only then.
std::error_code open_and_bind(asio_acceptor& with,
                              const address& at,
                              const io::listen_options& how) {
  using reuse_address = asio_acceptor::socket_type::reuse_address;
  boost::system::error_code error;
  with.raw().close(error);
  with.raw().open(at.protocol(), error);
  if (error) return to_errno(error);
  // TCP's own remains of earlier connections do not hinder; another listener still does.
  if (is_tcp(at)) with.raw().set_option(reuse_address(true), error);
  if (error) return to_errno(error);
  const bool shares = how.reuse_port && is_tcp(at);
  if (shares && !how.is_first) {
    if (const auto why = share_port(with)) return why;
  }
  with.raw().bind(at, error);
  if (error || !shares || !how.is_first) return to_errno(error);
  return share_port(with);
}

std::error_code bind_tcp(asio_loop::state& loop,
                         asio_acceptor& with,
                         const endpoint& at,
                         const io::listen_options& how) {
  const auto all = addresses_of(loop, at);
  if (!all) return all.error();
  std::error_code last;
  for (const address& one : *all) {
    last = open_and_bind(with, one, how);
    if (!last) break;
  }
  return last;
}

std::error_code bind_unix(asio_acceptor& with,
                          const endpoint& at,
                          unsigned permissions,
                          unix_file& file) {
  const auto path = unix_address(at.path);
  if (!path) return path.error();
  boost::system::error_code error;
  with.raw().open(path->protocol(), error);
  if (error) return to_errno(error);
  const int descriptor = with.raw().native_handle();
  if (const auto why = unix_file::restrict_before_bind(descriptor, permissions)) return why;
  with.raw().bind(*path, error);
  if (error) return to_errno(error);
  return file.adopt_after_bind(permissions);
}

std::error_code start_listening(asio_acceptor& with, int backlog) {
  boost::system::error_code error;
  with.raw().non_blocking(true, error);
  if (!error) with.raw().listen(backlog, error);
  return to_errno(error);
}

// Accepts from a socket that listens already.
std::error_code join(asio_acceptor& with, const endpoint& at, const unix_share::door& shared) {
  const auto path = unix_address(at.path);
  if (!path) return path.error();
  const int descriptor = ::fcntl(shared.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return {errno, std::generic_category()};
  boost::system::error_code error;
  with.raw().assign(path->protocol(), descriptor, error);
  if (!error) with.raw().non_blocking(true, error);
  return to_errno(error);
}

// What other loops find at the path from now on, and keeps the file.
result<std::shared_ptr<const void>> offer(asio_acceptor& with,
                                          const std::string& path,
                                          std::unique_ptr<unix_file> file,
                                          unix_share& to) {
  const int descriptor = ::fcntl(with.raw().native_handle(), F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return std::unexpected(std::error_code(errno, std::generic_category()));
  auto opened = std::make_shared<unix_share::door>(descriptor, std::move(file));
  to.add(path, opened);
  return opened;
}

result<std::shared_ptr<const void>> open_tcp(asio_loop::state& loop,
                                             asio_acceptor& with,
                                             const endpoint& at,
                                             const io::listen_options& how) {
  std::error_code why = bind_tcp(loop, with, at, how);
  if (!why) why = start_listening(with, how.backlog);
  if (why) return std::unexpected(why);
  return nullptr;
}

// Returns what keeps the file.
result<std::shared_ptr<const void>> open_unix(asio_loop::state& loop,
                                              asio_acceptor& with,
                                              const endpoint& at,
                                              const io::listen_options& how) {
  std::shared_ptr<unix_share::door> known;
  const bool joins = how.reuse_port && !how.is_first;
  if (joins && loop.share != nullptr) known = loop.share->find(at.path);
  if (known) {
    if (const auto why = join(with, at, *known)) return std::unexpected(why);
    return known;
  }
  auto file = std::make_unique<unix_file>(at.path);
  std::error_code why = bind_unix(with, at, how.permissions, *file);
  if (!why) why = start_listening(with, how.backlog);
  if (why) return std::unexpected(why);
  if (loop.share == nullptr) return std::shared_ptr<const void>(std::move(file));
  return offer(with, at.path, std::move(file), *loop.share);
}

}  // namespace

result<std::unique_ptr<io::listener>> asio_listener::open(asio_loop::state& loop,
                                                          const endpoint& at,
                                                          const io::listen_options& how,
                                                          token who) {
  acceptor_ref acceptor(new asio_acceptor(loop, who));
  auto file =
      at.is_unix() ? open_unix(loop, *acceptor, at, how) : open_tcp(loop, *acceptor, at, how);
  if (!file) return std::unexpected(file.error());
  boost::system::error_code error;
  const endpoint chosen = at.is_unix() ? at : to_endpoint(acceptor->raw().local_endpoint(error));
  acceptor->resume();
  return std::unique_ptr<io::listener>(
      new asio_listener(std::move(acceptor), chosen, std::move(*file)));
}

asio_listener::asio_listener(acceptor_ref acceptor, endpoint at, std::shared_ptr<const void> file)
    : acceptor_(std::move(acceptor)), at_(std::move(at)), file_(std::move(file)) {}

asio_listener::~asio_listener() {
  acceptor_->close();
}

void asio_listener::pause() {
  acceptor_->pause();
}

void asio_listener::resume() {
  acceptor_->resume();
}

endpoint asio_listener::where() const {
  return at_;
}

}  // namespace dovetail
