#include "sim/recording/replay.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy/proxy.h"
#include "proxy/silent_log.h"
#include "recorder/entry.h"
#include "recorder/file.h"
#include "recorder/flight_log.h"
#include "sim/recording/listing.h"
#include "sim/search/random_chooser.h"
#include "sim/search/random_scene.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t enough = 64U << 20;

void record(const scene& of, std::uint64_t seed, flight_log& into) {
  random_chooser choices(seed);
  world subject(of, choices, &into);
  static_cast<void>(run(subject));
}

std::optional<difference> replay(const scene& of, const flight_log& from) {
  silent_log log;
  const std::vector<std::string_view> chunks = from.chunks();
  replayed_network net(chunks);
  proxy subject(proxy_config_of(of), proxy_options_of(of), net, log);
  return net.play(subject);
}

TEST(replay, asks_for_the_same_as_the_recorded_proxy_whatever_happened) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    const scene of = random_scene(seed);
    flight_log log(enough);
    record(of, seed, log);
    const auto found = replay(of, log);
    ASSERT_FALSE(found) << "seed " << seed << ", entry " << found->entry << ": " << found->text;
  }
}

// The entries of a run, one of which was changed.
class changed_run : public ::testing::Test {
 protected:
  changed_run() : log_(enough) {
    of_.clients = {{.steps = {step{.what = verb::get, .owners = {0}}}}};
    record(of_, 1, log_);
    for (const std::string_view chunk : log_.chunks()) {
      entry_reader reader(chunk);
      while (const auto next = reader.next())
        entries_.push_back(*next);
    }
  }

  // What a replay says when `change` was done to the first entry that `fits`; its place.
  template <class Fits, class Change>
  std::pair<std::uint64_t, difference> replay_changed(Fits fits, Change change) {
    std::vector<entry> all = entries_;
    const auto at = std::ranges::find_if(all, fits);
    EXPECT_NE(at, all.end());
    change(*at);
    flight_log changed(enough);
    for (const entry& each : all)
      changed.add(each);
    const auto found = replay(of_, changed);
    EXPECT_TRUE(found);
    return {at - all.begin() + 1, found.value_or(difference())};
  }

  scene of_;
  flight_log log_;
  std::vector<entry> entries_;
};

bool is_request_read(const entry& what) {
  return what.kind == entry_kind::read && what.text.contains("GET");
}

bool is_forwarded(const entry& what) {
  return what.kind == entry_kind::write && !what.failed && what.number > 20;
}

TEST_F(changed_run, is_told_at_the_write_when_other_bytes_were_read) {
  std::string other;
  const auto [at, found] = replay_changed(is_request_read, [&](entry& its) {
    other = its.text;
    other[other.size() - 3] ^= 1;
    its.text = other;
  });
  EXPECT_GT(found.entry, at);
  EXPECT_THAT(found.text, HasSubstr("the bytes are others now"));
}

TEST_F(changed_run, is_told_when_something_else_was_written) {
  const auto [at, found] = replay_changed(is_forwarded, [](entry& its) { its.hash ^= 1; });
  EXPECT_EQ(found.entry, at);
  EXPECT_THAT(found.text, HasSubstr("the bytes are others now"));
}

TEST_F(changed_run, is_told_when_there_was_another_call) {
  const auto [at, found] =
      replay_changed(is_forwarded, [](entry& its) { its.kind = entry_kind::finish; });
  EXPECT_EQ(found.entry, at);
  EXPECT_THAT(found.text, HasSubstr("finish socket"));
  EXPECT_THAT(found.text, HasSubstr("the proxy asks for write"));
}

TEST_F(changed_run, is_told_when_it_was_to_be_woken_at_another_time) {
  const auto [at, found] =
      replay_changed([](const entry& what) { return what.kind == entry_kind::woken; },
                     [](entry& its) { its.number = 7; });
  EXPECT_EQ(found.entry, at);
  EXPECT_THAT(found.text, HasSubstr("a wake-up at 6 us; now no wake-up"));
}

TEST_F(changed_run, is_listed_event_by_event) {
  recording of;
  for (const std::string_view chunk : log_.chunks())
    of.chunks.emplace_back(chunk);
  const std::string text = list(of);
  EXPECT_THAT(text, HasSubstr("1     0.000000  starts"));
  EXPECT_THAT(text, HasSubstr(": read 26 of "));
  EXPECT_THAT(text, HasSubstr("*2\\r\\n$3\\r\\nGET\\r\\n"));
  EXPECT_THAT(text, HasSubstr("server 0 (s0:6379)"));
  const std::string part = list(of, 2, 3);
  EXPECT_THAT(text, HasSubstr(part));
  EXPECT_LT(part.size(), text.size());
  EXPECT_FALSE(part.empty());

  of.chunks.back() += "\xff";
  EXPECT_TRUE(list(of).ends_with("the bytes here are no entry\n"));
}

TEST_F(changed_run, may_end_anywhere) {
  for (std::size_t size = 0; size <= entries_.size(); ++size) {
    flight_log first(enough);
    for (std::size_t at = 0; at < size; ++at)
      first.add(entries_[at]);
    const auto found = replay(of_, first);
    EXPECT_FALSE(found) << size << ": " << found->text;
  }
}

}  // namespace
}  // namespace dovetail::sim
