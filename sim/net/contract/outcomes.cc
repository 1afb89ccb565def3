#include "sim/net/contract/outcomes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dovetail::sim {
namespace {

constexpr std::array exceptions = {
    exception{"writing_to_a_peer_that_closed_fails_in_the_end", "reset",
              "the end of the stream was read before: a reset behind it is a broken pipe"},
    exception{"closing_with_unread_input_resets_the_peer", "broken pipe",
              "a read has said reset before, and writes repeat it"},
    exception{"what_came_before_a_reset_may_still_be_read", "broken pipe",
              "what is lost takes the end of the stream with it, without which it is a reset"},
    exception{"dropping_the_accepted_socket_refuses_the_connection", "reset",
              "nothing was written that the socket could have left unread"},
    exception{"who_is_connecting_then_finds_one_too_or_nobody", "no such file",
              "a unix socket is connected as soon as it asks for it"},
    exception{"the_other_kind_of_address_works_as_well", "unknown",
              "a simulated machine knows every family"},
};

bool is_exception(std::string_view clause, std::string_view outcome) {
  return std::ranges::any_of(exceptions, [&](const exception& each) {
    return each.clause == clause && each.outcome == outcome;
  });
}

}  // namespace

void outcomes::enter(std::string_view clause,
                     std::string_view outcome,
                     std::initializer_list<std::string_view> allowed) {
  question asked{.clause = std::string(clause), .allowed = {}};
  for (const std::string_view each : allowed)
    asked.allowed.emplace(each);
  seen_[std::move(asked)].emplace(outcome);
}

std::vector<std::string> outcomes::unfinished() const {
  std::set<std::string> found;
  for (const auto& [asked, seen] : seen_) {
    for (const std::string& each : asked.allowed) {
      if (!seen.contains(each) && !is_exception(asked.clause, each)) found.insert(asked.clause);
    }
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> outcomes::complaints() const {
  std::vector<std::string> found;
  for (const auto& [asked, seen] : seen_) {
    for (const std::string& each : asked.allowed) {
      if (seen.contains(each) != is_exception(asked.clause, each)) continue;
      found.push_back(asked.clause + ": '" + each + "' was " +
                      (seen.contains(each) ? "seen, though it is an exception" : "never seen"));
    }
  }
  return found;
}

std::size_t outcomes::questions() const {
  return seen_.size();
}

std::size_t outcomes::seen() const {
  std::size_t all = 0;
  for (const auto& [asked, seen] : seen_)
    all += seen.size();
  return all;
}

outcomes& outcomes_seen() {
  static outcomes all;
  return all;
}

}  // namespace dovetail::sim
