#include "sim/inclusion/journal.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/endpoint.h"
#include "base/result.h"
#include "base/token.h"
#include "io/socket.h"

namespace dovetail::sim::inclusion {
namespace {

constexpr std::array<std::string_view, 16> words = {
    "listen", "pause", "resume", "unlisten", "connect", "read",     "write", "watch",
    "finish", "close", "abort",  "wish",     "quiet",   "accepted", "ready", "turn end"};

std::string text_of(io::readiness ways) {
  if (ways == io::readiness::both) return " readable+writable";
  return io::can_read(ways) ? " readable" : " writable";
}

std::string text_of(token name) {
  return " as " + std::to_string(name.slot) + "/" + std::to_string(name.generation);
}

}  // namespace

std::string to_string(const result<std::size_t>& came) {
  return came ? std::to_string(*came) : came.error().message();
}

std::string to_string(const entry& of) {
  using kind = entry::kind;
  std::string text(words.at(std::to_underlying(of.what)));
  if (of.what == kind::turn_end || of.what == kind::quiet) return text;
  if (of.what == kind::wish) return text + (of.wake ? " to be woken" : " nothing");
  if (of.what == kind::ready) return text + text_of(of.ways) + text_of(of.name);
  text += " #" + std::to_string(of.whom);
  if (of.from) text += " from #" + std::to_string(*of.from);
  if (of.what == kind::listen || of.what == kind::connect) text += " " + to_string(of.where);
  if (of.what == kind::listen) text += " backlog " + std::to_string(of.how.backlog);
  if (of.what == kind::watch) text += text_of(of.ways) + text_of(of.name);
  if (of.what == kind::read || of.what == kind::write) {
    text += " " + std::to_string(of.asked) + " -> " + to_string(of.came);
  }
  return text;
}

std::string to_string(const journal& of, std::size_t until, std::size_t most) {
  const std::size_t end = std::min(of.size(), until + 1);
  std::string text;
  for (std::size_t at = end - std::min(end, most); at < end; ++at) {
    text += std::to_string(at) + ": " + to_string(of[at]) + "\n";
  }
  return text;
}

}  // namespace dovetail::sim::inclusion
