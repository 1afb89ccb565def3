// That each fault does something: one that is entered in the books and has no effect would make
// every search look better than it is.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/client_observer.h"
#include "sim/net/network.h"
#include "sim/search/random_chooser.h"
#include "sim/world/judge.h"
#include "sim/world/scene.h"
#include "sim/world/verdict.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

using sign = std::function<bool(const world&)>;

// A client was told an error that has these words in it.
sign told(const std::string& words) {
  return [words](const world& after) {
    return std::ranges::any_of(after.court().clients(), [&](const judge::client_record& by) {
      return std::ranges::any_of(by.requests, [&](const judge::request_record& of) {
        return of.reply.starts_with('-') && of.reply.contains(words);
      });
    });
  };
}

sign ended(client_end how) {
  return [how](const world& after) {
    const auto& clients = after.court().clients();
    return clients[0].over && clients[0].how == how;
  };
}

// The proxy has connected again.
bool has_reconnected(const world& after) {
  return std::ranges::any_of(after.court().clients(), [](const judge::client_record& by) {
    return std::ranges::any_of(by.requests, [](const judge::request_record& of) {
      return std::ranges::any_of(of.parts, [](const auto& part) { return part.connection > 0; });
    });
  });
}

sign sign_of(fault what) {
  switch (what) {
    case fault::client_reset:
      return ended(client_end::lost);
    case fault::client_finish:
      return ended(client_end::finished);
    case fault::server_reset:
      return told("reset");
    case fault::refusal:
      return told("refused");
    case fault::unresolved:
      return told("Host is down");
    case fault::stop_reading:
      return [](const world& before) {
        const judge::client_record& by = before.court().clients()[0];
        return by.deaf && by.replies < by.requests.size();
      };
    case fault::lateness:
    case fault::stall:
    case fault::black_hole:
    case fault::omission:
      return told("timed out");
    case fault::descriptors:
      return told("");
    case fault::error_reply:
      return told("OOM");
    case fault::early_error:
      return told("too large");
    case fault::reload:
      return [](const world& after) {
        return after.subject().connection_counters().reloads.get() > 0;
      };
    case fault::restart:
    case fault::server_close:
    case fault::truncation:
    case fault::surplus:
    case fault::wrong_type:
    case fault::wrong_key:
    case fault::garbage:
      return has_reconnected;
  }
  return {};
}

class fault_test : public ::testing::TestWithParam<std::size_t> {};

TEST_P(fault_test, shows_in_some_run) {
  const auto what = static_cast<fault>(GetParam());
  scene of;
  of.timeout = std::chrono::milliseconds(100);
  of.stay = true;
  of.preconnect = false;
  of.eager = what != fault::early_error;
  of.net.cuts = cutting::halves;
  of.budget[GetParam()] = 1;
  const step gets{.what = verb::gets, .owners = {0, 0}};
  of.clients.push_back({.steps = {gets, gets}});
  const sign shows = sign_of(what);
  int seen = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    random_chooser choices(seed);
    world in(of, choices);
    in.court().keep_replies();
    while (in.step()) {
    }
    // What it does not read in the end, it reads when the world has healed.
    const bool shown = what == fault::stop_reading && shows(in);
    in.close();
    ASSERT_TRUE(in.found().good()) << "seed " << seed << ": " << in.found().text;
    if (shown || (what != fault::stop_reading && shows(in))) ++seen;
  }
  EXPECT_GT(seen, 0);
  RecordProperty("runs_of_300", seen);
}

INSTANTIATE_TEST_SUITE_P(each,
                         fault_test,
                         ::testing::Range<std::size_t>(0, faults),
                         [](const auto& of) {
                           return std::string(name_of(static_cast<fault>(of.param)));
                         });

}  // namespace
}  // namespace dovetail::sim
