// A journal's calls on a simulated network, and its events demanded from it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/handler.h"
#include "io/network.h"
#include "io/socket.h"
#include "sim/inclusion/journal.h"
#include "sim/inclusion/led_chooser.h"
#include "sim/net/choice.h"
#include "sim/net/host.h"
#include "sim/net/link.h"
#include "sim/net/network.h"

namespace dovetail::sim::inclusion {

class replay final : public io::handler {
 public:
  // `still_read` is what the chooser looks at.
  replay(const journal& of, led_chooser& choices, std::vector<std::size_t>& still_read);

  // False when something was different.
  bool play();

  std::size_t step() const { return at_; }
  const std::string& why() const { return why_; }

  void on_accept(token listener, std::unique_ptr<io::socket> peer, instant now) override;
  void on_ready(token who, io::readiness what, instant now) override;
  std::optional<instant> on_turn_end(instant now) override;

 private:
  void fail(std::string why);
  bool goes_on() const { return why_.empty() && at_ < journal_.size(); }

  // events
  void demand(const entry& event);
  void demand_turn_end();
  void demand_accept(const entry& event);
  void demand_ready(const entry& event);
  bool demand_ready_now(const entry& event);
  bool meets(const entry& event) const;

  // calls
  void call_all();
  void call(const entry& what);
  void call_on_socket(const entry& what);
  void read(const entry& what);
  std::span<char> room_for(std::size_t bytes);
  void write(const entry& what);
  void compare(const entry& done, const result<std::size_t>& came, std::string_view bytes);
  void expect(const entry& what);
  bool works_before_it_is_told(std::uint32_t number) const;
  bool blocks_next(std::uint32_t number) const;
  void connect_unseen();
  void may_be_connected(std::uint32_t number);
  bool is_heard_of_later(std::uint32_t number) const;
  bool can_connect_unseen(const link& at);
  void connect_unseen(const link& at);
  void check_quiet();

  io::socket& socket(std::uint32_t number) { return *sockets_[number]; }
  link& link_of(std::uint32_t number);

  const journal& journal_;
  led_chooser& choices_;
  std::vector<std::size_t>& still_read_;
  sim::network net_;
  host& host_;
  std::size_t at_ = 0;
  bool begun_ = false;
  std::string why_;
  std::vector<happening> possible_;
  std::vector<std::unique_ptr<io::listener>> doors_;
  std::vector<std::unique_ptr<io::socket>> sockets_;
  std::vector<std::uint32_t> links_;  // of sockets that have connected; 0 for others
  std::unique_ptr<char[]> room_;      // for reads, kept from one to the next
  std::size_t room_size_ = 0;         // bytes
};

// How much each socket of a journal reads.
std::vector<std::size_t> all_that_is_read(const journal& of);

}  // namespace dovetail::sim::inclusion
