// A recording, run again: the same proxy, told the same, must ask the same of the world.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/time.h"
#include "base/token.h"
#include "io/network.h"
#include "proxy/proxy.h"
#include "recorder/entry.h"
#include "recorder/flight_log.h"

namespace dovetail::sim {

// Where a replay left its recording.
struct difference {
  std::uint64_t entry = 0;  // counts from 1, as the recording has them
  std::uint64_t event = 0;  // likewise
  instant at{};             // when the proxy had been told that event
  std::string text;         // what the recording has, and what there was instead
};

// One line: the kind and its values.
std::string describe(const entry& what);

// The network of a proxy that is told what another one was told. It gives the results that the
// other one was given, as long as it is asked the same in the same order.
class replayed_network final : public io::network {
 public:
  // Of a recording's chunks, which outlive it.
  explicit replayed_network(std::span<const std::string_view> chunks);

  // Plays it to its end, or to the first difference, which it returns. `subject` is made with this
  // network, has not been started, and ends with it.
  std::optional<difference> play(proxy& subject);

  // Played so far: events and calls; events alone; the time from the first of them to the last.
  std::uint64_t entries() const { return entries_; }
  std::uint64_t events() const { return events_; }
  duration took() const { return now_ - began_; }

  std::unique_ptr<io::socket> connect(const endpoint& to) override;
  result<std::unique_ptr<io::listener>> listen(const endpoint& at,
                                               const io::listen_options& how,
                                               token who) override;

 private:
  class line;
  class door;

  bool playing() const { return playing_ && !found_; }
  const entry* next();
  const entry* expect(entry_kind what, std::optional<std::uint32_t> which, std::string_view values);
  void differ(std::string text);
  void tell(proxy& subject, const entry& event);
  void tell_configuration(proxy& subject, const entry& event);
  line* find(std::uint32_t number) const;

  std::span<const std::string_view> chunks_;
  entry_reader reader_{{}};
  entry current_;
  std::vector<line*> lines_;  // by number; null: there is none
  std::vector<token> doors_;  // likewise, as the proxy calls them
  std::uint64_t entries_ = 0;
  std::uint64_t events_ = 0;
  instant began_{}, now_{};
  bool playing_ = false;
  std::optional<difference> found_;
};

}  // namespace dovetail::sim
