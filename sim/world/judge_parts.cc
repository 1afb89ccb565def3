// A reply in which the keys of some servers have failed and those of others have not.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/world/asked.h"
#include "sim/world/judge.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

// What the server has said of it, if that was right.
std::string_view right_reply(const judge::part_record& of) {
  const std::string_view reply = of.reply;
  if (!of.served || (of.wrong && of.wrong != fault::surplus)) return {};
  return of.wrong ? reply.substr(0, reply.size() / 2) : reply;
}

}  // namespace

bool judge::fails_by_key(const request_record& to) const {
  return scene_->per_key && to.what.what == verb::gets && to.parts.size() > 1;
}

bool judge::may_have_failed(const request_record& to, std::size_t part) const {
  const std::uint32_t server = to.what.parts[part].server;
  return scene_->net.leaps || to.parts[part].wrong || may_have_been_out(server, to.sent) ||
         ledger_.touches(server, to.sent, now());
}

// Of each server either what it has said or, in each place, one error that there is a reason for.
bool judge::array_is_fine(const request_record& to, std::string_view reply) const {
  const auto all = elements_of(reply);
  if (all.size() != to.what.keys.size()) return false;
  for (std::size_t part = 0; part < to.parts.size(); ++part) {
    const auto& keys = to.what.parts[part].keys;
    const auto right = elements_of(right_reply(to.parts[part]));
    const std::string_view first = all[keys[0]];
    const bool failed = first.starts_with('-');
    if (failed && !part_error_is_fine(to, part, first) &&
        !(scene_->net.leaps && first.contains("timed out"))) {
      return false;
    }
    for (std::size_t at = 0; at < keys.size(); ++at) {
      if (!failed && (at >= right.size() || all[keys[at]] != right[at])) return false;
      if (failed && all[keys[at]] != first) return false;
    }
  }
  return true;
}

// The values of some of the servers, all that each has said, and the error of the first of the
// others in the place of END.
bool judge::values_are_fine(const request_record& to, std::string_view reply) const {
  const std::size_t line = reply.substr(0, reply.size() - 2).rfind('\n') + 1;
  const std::string_view error = reply.substr(line);
  if (!is_error(error, false)) return false;
  for (std::uint32_t failed = 1; failed < 1U << to.parts.size(); ++failed) {
    std::vector<std::string_view> replies;
    bool fine = true;
    bool told = false;
    for (std::size_t part = 0; part < to.parts.size() && fine; ++part) {
      const bool its = ((failed >> part) & 1U) != 0;
      replies.push_back(its ? "END\r\n" : right_reply(to.parts[part]));
      fine = its ? may_have_failed(to, part) : !replies.back().empty();
      if (!its || told) continue;
      told = true;
      fine = fine && (part_error_is_fine(to, part, error) || scene_->net.leaps);
    }
    const auto joined = fine ? join(to.what, replies) : std::nullopt;
    if (joined && joined->substr(0, joined->size() - 5) == reply.substr(0, line)) return true;
  }
  return false;
}

}  // namespace dovetail::sim
