#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <fmt/core.h>

#include "sim/net/choice.h"
#include "sim/picture/json.h"
#include "sim/search/sweep.h"
#include "sim/tool/commands.h"
#include "sim/tool/crash.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/numbers.h"
#include "sim/tool/progress.h"
#include "sim/world/hasher.h"
#include "sim/world/scene.h"
#include "sim/world/world.h"

namespace dovetail::sim {
namespace {

struct doctor_words {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  bool hash = false;
  bool json = false;
};

void add(hasher& to, const fingerprint& what) {
  to.add(what.high);
  to.add(what.low);
}

// Two runs of one seed, side by side: nothing that can be seen of them may differ at any event.
class twins {
 public:
  explicit twins(std::uint64_t seed)
      : scene_(scene_of(seed)),
        by_first_(chooser_of(seed, policy_of(seed))),
        by_second_(chooser_of(seed, policy_of(seed))),
        first_(scene_, *by_first_),
        second_(scene_, *by_second_) {}

  // The event at which they part. Adds what is seen to `all`.
  std::optional<std::uint64_t> part(hasher& all) {
    for (bool more = true; more;) {
      more = first_.step();
      if (more != second_.step() || differ(all)) return first_.events();
    }
    first_.close();
    second_.close();
    if (differ(all) || first_.found().text != second_.found().text) return first_.events();
    return std::nullopt;
  }

 private:
  bool differ(hasher& all) const {
    const fingerprint state = first_.state();
    const fingerprint history = first_.history();
    add(all, state);
    add(all, history);
    return state != second_.state() || history != second_.history();
  }

  const scene scene_;
  std::unique_ptr<chooser> by_first_;
  std::unique_ptr<chooser> by_second_;
  world first_;
  world second_;
};

int doctor(const doctor_words& said) {
  hasher all;
  progress shown("seeds");
  for (std::uint64_t each = 0; each < said.seeds; ++each) {
    const std::uint64_t seed = said.first + each;
    set_crash_line(fmt::format("dovetail-sim doctor --seed {} --seeds 1", seed));
    if (const auto event = twins(seed).part(all)) {
      fmt::print(stderr, "dovetail-sim: seed {}: two runs differ from event {} on\n", seed, *event);
      return exit_nondeterminism;
    }
    shown.show(each, static_cast<double>(each) / static_cast<double>(said.seeds));
  }
  const fingerprint sum = all.result();
  const std::string hash = fmt::format("{:016x}{:016x}", sum.high, sum.low);
  if (said.json) {
    json_writer to;
    to.open('{').field("first", said.first).field("seeds", said.seeds).field("hash", hash);
    fmt::print("{}\n", to.close('}').text());
  } else if (said.hash) {
    fmt::print("{}\n", hash);
  } else {
    fmt::print("seeds {} to {}, each twice: the same event by event; hash {}\n", said.first,
               said.first + said.seeds - 1, hash);
  }
  return exit_good;
}

}  // namespace

command add_doctor(CLI::App& to) {
  const auto said = std::make_shared<doctor_words>();
  CLI::App* const line =
      to.add_subcommand("doctor", "Is the same seed the same run? Plays each twice at once");
  line->add_option("--seed", said->first, "The first seed")
      ->check(whole_number())
      ->capture_default_str();
  line->add_option("--seeds", said->seeds, "How many")
      ->check(whole_number(1))
      ->capture_default_str();
  line->add_flag("--hash", said->hash,
                 "Print only a hash of all that was seen: equal for every build");
  line->add_flag("--json", said->json, "Print a line of JSON");
  return {.line = line, .run = [said] { return doctor(*said); }};
}

}  // namespace dovetail::sim
