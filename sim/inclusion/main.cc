// Lets random programs loose on real sockets and asks of each whether the simulated network could
// have done the same. A line says how far it is from time to time. Exit codes: 0 all accepted, 1
// one was not, 2 usage.
//
//   sim_inclusion [COUNT] [FIRST SEED]

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

#include "base/text.h"
#include "sim/inclusion/acceptor.h"
#include "sim/inclusion/excursion.h"
#include "sim/inclusion/journal.h"

namespace dovetail::sim::inclusion {
namespace {

constexpr std::size_t lines_shown = 2000;
constexpr std::uint64_t told_every = 500;

void tell_progress(std::uint64_t done, std::uint64_t count) {
  if (done % told_every != 0 || done == count) return;
  std::printf("%ju of %ju programs\n", std::uintmax_t{done}, std::uintmax_t{count});
  std::fflush(stdout);
}

// Silence may have been the machine's fault: then the program runs once more, and waits longer.
acceptance judge(std::uint64_t seed, journal& of, std::uint64_t& disputed) {
  of = excursion(seed, std::chrono::milliseconds(10));
  acceptance found = accept(of);
  if (found.accepted || of[found.step].what != entry::kind::quiet) return found;
  ++disputed;
  of = excursion(seed, std::chrono::milliseconds(500));
  return accept(of);
}

int run(std::uint64_t count, std::uint64_t first) {
  std::size_t entries = 0;
  std::size_t tries = 0;
  std::uint64_t disputed = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    journal of;
    const acceptance found = judge(seed, of, disputed);
    entries += of.size();
    tries += found.tries;
    tell_progress(seed - first + 1, count);
    if (!found.accepted) {
      std::printf("seed %ju is not accepted at step %zu of %zu after %zu tries: %s\n%s",
                  std::uintmax_t{seed}, found.step, of.size(), found.tries, found.why.c_str(),
                  to_string(of, found.step + 15, lines_shown).c_str());
      return 1;
    }
  }
  std::printf(
      "%ju programs, %zu calls and events, all accepted after %zu replays; "
      "%ju once more, with a longer silence\n",
      std::uintmax_t{count}, entries, tries, std::uintmax_t{disputed});
  return 0;
}

int main_of(std::span<char*> arguments) {
  const auto count = arguments.empty() ? 200 : parse_unsigned(arguments[0], UINT32_MAX);
  const auto first = arguments.size() < 2 ? 1 : parse_unsigned(arguments[1], UINT32_MAX);
  if (count && first && arguments.size() <= 2) return run(*count, *first);
  std::fprintf(stderr, "usage: sim_inclusion [COUNT] [FIRST SEED]\n");
  return 2;
}

}  // namespace
}  // namespace dovetail::sim::inclusion

int main(int argc, char** argv) {
  return dovetail::sim::inclusion::main_of(
      std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
}
