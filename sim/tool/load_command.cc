#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <fmt/core.h>

#include "base/text.h"
#include "base/time.h"
#include "sim/load/key_space.h"
#include "sim/load/mix.h"
#include "sim/load/provenance.h"
#include "sim/load/workload.h"
#include "sim/model/client_program.h"
#include "sim/tool/commands.h"
#include "sim/tool/load.h"
#include "sim/tool/numbers.h"

namespace dovetail::sim {
namespace {

using load::key_space;
using load::mix;
using load::value_maker;
using load::workload_options;
using load::write_id;

constexpr std::uint64_t value_bytes_max = 512U << 20;
constexpr std::size_t prefix_bytes_max = 64;
constexpr double seconds_max = 86'400;

// As they stand on the command line, before they are understood.
struct load_words {
  std::string proto;
  std::string asks = "get=90,set=10";
  std::string value_size = "100";
  std::string unix_path;
  double seconds = 10;
  load_options how;
};

// Nobody else's, so that what an earlier load left behind is not taken for ours.
std::string new_prefix() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  return fmt::format("{:x}.{:x}:", micros, getpid());
}

// "100" or "10-2000".
bool read_sizes(std::string_view text, workload_options& into) {
  const std::size_t dash = text.find('-');
  const auto least = parse_unsigned(text.substr(0, dash), value_bytes_max);
  const auto most = dash == std::string_view::npos
                        ? least
                        : parse_unsigned(text.substr(dash + 1), value_bytes_max);
  if (!least || !most || *least < value_maker::bytes_min || *most < *least) return false;
  into.value_bytes_least = *least;
  into.value_bytes_most = *most;
  return true;
}

[[noreturn]] void refuse(const std::string& option, const std::string& why) {
  throw CLI::ValidationError(option, why);
}

bool is_good_prefix(std::string_view prefix) {
  for (const char each : prefix) {
    if (each <= ' ' || each == '{' || each == '}' || each == 0x7f) return false;
  }
  return prefix.size() <= prefix_bytes_max;
}

void understand(load_words& said) {
  workload_options& work = said.how.work;
  work.speaks = said.proto == "redis" ? wire_protocol::redis : wire_protocol::memcache;
  const auto asks = mix::parse(said.asks);
  if (!asks) refuse("--mix", "write names and weights: get=90,set=10,mget10=5,del=1,incr=1");
  work.asks = *asks;
  if (!read_sizes(said.value_size, work)) {
    refuse("--value-size", fmt::format("write a size or a range, from {} on: 100 or 20-4000",
                                       value_maker::bytes_min));
  }
  work.servers_may_forget = said.how.expects_errors;
  work.to.path = said.unix_path;
  if (work.to.port == 0 && !work.to.is_unix()) refuse("--port", "give a port, or --unix");
  if (work.prefix.empty()) work.prefix = new_prefix();
  if (!is_good_prefix(work.prefix)) refuse("--prefix", "no spaces, braces or control bytes");
  said.how.limits.asks = duration(static_cast<std::int64_t>(said.seconds * 1e6));
}

}  // namespace

command add_load(CLI::App& to) {
  const auto said = std::make_shared<load_words>();
  workload_options& work = said->how.work;
  work.to.host = "127.0.0.1";
  work.prefix.clear();
  CLI::App* const line = to.add_subcommand("load", "Load a server or proxy and verify every reply");
  line->add_option("--proto", said->proto, "redis or memcache")
      ->required()
      ->check(CLI::IsMember({"redis", "memcache"}));
  line->add_option("--host", work.to.host, "Where to connect to")->capture_default_str();
  line->add_option("--port", work.to.port, "Its port")->check(CLI::Range(1, 65535));
  line->add_option("--unix", said->unix_path, "A unix socket instead");
  line->add_option("--conns", work.clients, "Connections")
      ->check(CLI::Range(1U, write_id::writers_max - 1))
      ->capture_default_str();
  line->add_option("--pipeline", work.pipeline, "Most requests on the way on each")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  line->add_flag("--batches", work.batches, "Ask --pipeline requests at once, then wait for all");
  line->add_option("--mix", said->asks, "What is asked, and how often: get set mgetN del incr")
      ->capture_default_str();
  line->add_option("--value-size", said->value_size, "Bytes, or a range of them: 20-4000")
      ->capture_default_str();
  line->add_option("--keyspace", work.keys, "Keys")
      ->check(CLI::Range(key_space::every, key_space::keys_max))
      ->capture_default_str();
  CLI::Option* const prefix =
      line->add_option("--prefix", work.prefix, "Of keys; default: one that was never used");
  line->add_option("--seconds", said->seconds, "How long to ask")
      ->check(CLI::Range(0.0, seconds_max))
      ->capture_default_str();
  line->add_option("--rate", work.rate, "Requests a second of all together; 0: as many as can");
  line->add_option("--seed", work.seed, "Of the random choices")
      ->check(whole_number())
      ->capture_default_str();
  CLI::Option* const preloads =
      line->add_flag("--preload", said->how.limits.preloads,
                     "Write every key before; without it a get finds what the load has set so far");
  line->add_flag("--preloaded", work.preloaded,
                 "An earlier load wrote every key of this --prefix, and nothing else")
      ->excludes(preloads)
      ->needs(prefix);
  line->add_flag("--expect-errors", said->how.expects_errors, "Errors do not fail the load");
  line->add_flag("--json", said->how.json, "Report one line of JSON");
  line->callback([said] { understand(*said); });
  return {.line = line, .run = [said] { return run_load(said->how); }};
}

}  // namespace dovetail::sim
