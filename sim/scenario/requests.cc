#include "sim/scenario/requests.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "sim/scenario/yaml.h"
#include "sim/world/scene.h"

namespace dovetail::sim {
namespace {

constexpr std::string_view noreply = "noreply";

// As they are written; `quiet` is a set with noreply behind it.
constexpr std::array<std::string_view, 9> names = {"get",  "mget", "set",     "mset", "del",
                                                   "incr", "echo", "unknown", "quit"};
constexpr std::array<verb, 9> verbs = {verb::get,  verb::gets, verb::set,     verb::sets, verb::del,
                                       verb::incr, verb::echo, verb::unknown, verb::quit};

bool takes_several(verb what) {
  return what == verb::gets || what == verb::sets || what == verb::del;
}

std::vector<std::string_view> words_in(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t size = std::min(line.find(' '), line.size());
    if (size > 0) words.push_back(line.substr(0, size));
    line.remove_prefix(std::min(size + 1, line.size()));
  }
  return words;
}

// `s3` → 3
std::optional<std::uint8_t> server_in(std::string_view word, std::uint32_t servers) {
  if (!word.starts_with('s') || servers == 0) return std::nullopt;
  const auto number = parse_unsigned(word.substr(1), servers - 1);
  if (!number) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

}  // namespace

std::string print_request(const step& request) {
  const verb written = request.what == verb::quiet ? verb::set : request.what;
  std::string line(
      names[static_cast<std::size_t>(std::ranges::find(verbs, written) - verbs.begin())]);
  for (const std::uint8_t owner : request.owners)
    line += fmt::format(" s{}", owner);
  if (request.what == verb::quiet) line += " noreply";
  return line;
}

void read_request(const yaml_value& from, std::uint32_t servers, step& into) {
  const std::string line = from.text();
  auto words = words_in(line);
  if (words.empty()) return from.fail("a request begins with a verb");
  const auto* const name = std::ranges::find(names, words[0]);
  if (name == names.end()) return from.fail_unknown(words[0], names);
  into.what = verbs[static_cast<std::size_t>(name - names.begin())];
  if (into.what == verb::set && words.back() == noreply) {
    into.what = verb::quiet;
    words.pop_back();
  }
  std::vector<std::uint8_t> owners;
  for (std::size_t at = 1; at < words.size(); ++at) {
    const auto owner = server_in(words[at], servers);
    if (!owner) {
      return from.fail(fmt::format("\"{}\" is no server: s0 to s{}", words[at], servers - 1));
    }
    owners.push_back(*owner);
  }
  if (owners.size() > 1 && !takes_several(into.what)) {
    return from.fail(fmt::format("\"{}\" takes one key", words[0]));
  }
  into.owners = owners.empty() ? std::vector<std::uint8_t>{0} : owners;
}

}  // namespace dovetail::sim
