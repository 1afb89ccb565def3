// replay, shrink and view: what is done with a trace.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Validators.hpp>
#include <fmt/core.h>

#include "recorder/file.h"
#include "sim/picture/ascii.h"
#include "sim/picture/frame.h"
#include "sim/picture/html.h"
#include "sim/picture/json.h"
#include "sim/picture/record.h"
#include "sim/recording/import.h"
#include "sim/recording/listing.h"
#include "sim/recording/play.h"
#include "sim/scenario/player.h"
#include "sim/scenario/run.h"
#include "sim/scenario/scenario.h"
#include "sim/tool/commands.h"
#include "sim/tool/exit_code.h"
#include "sim/tool/failure.h"
#include "sim/tool/files.h"
#include "sim/tool/numbers.h"
#include "sim/tool/progress.h"
#include "sim/trace/shrink.h"
#include "sim/trace/trace.h"
#include "sim/world/verdict.h"

namespace dovetail::sim {
namespace {

struct trace_words {
  std::string path;
  std::string pool;  // of a recording
  std::string to;
  std::string format = "ascii";
  std::uint64_t from = 1;  // of a recording
  std::uint64_t until = ~std::uint64_t{0};
  std::optional<std::size_t> order;
  shrink_limits limits;
  bool healed = false;
  bool json = false;
  bool damaged = false;
};

void write_verdict(json_writer& to, const verdict& found) {
  to.field("good", found.good()).field("rule", name_of(found.broken));
  to.field("at", found.at).field("text", found.text);
}

// None, and said why, where it is damaged, unless that was allowed for.
std::optional<recording> recording_in(const trace_words& said, std::string_view bytes) {
  const auto complain = [&](const damage& of, std::string_view more) {
    fmt::print(stderr, "dovetail-sim: {}: byte {}: {}{}\n", said.path, of.at, of.why, more);
  };
  auto read = parse_recording(bytes);
  if (!read) {
    complain(read.error(), "");
    return std::nullopt;
  }
  for (const damage& each : read->damaged) {
    complain(each, said.damaged ? "" : " (--damaged takes it up to there)");
    if (!said.damaged) return std::nullopt;
  }
  return std::move(read->what);
}

// What the daemon has recorded: does the proxy ask the same of the world again?
int replay_recording(const trace_words& said, std::string_view bytes) {
  const auto of = recording_in(said, bytes);
  if (!of) return exit_usage;
  const auto made = play(*of);
  if (!made) {
    fmt::print(stderr, "dovetail-sim: {}: {}\n", said.path, made.error());
    return exit_usage;
  }
  if (made->entries == 0) {
    fmt::print(stderr, "dovetail-sim: {}: nothing of it is whole\n", said.path);
    return exit_usage;
  }
  const double seconds = std::chrono::duration<double>(made->time).count();
  if (said.json) {
    json_writer to;
    to.open('{').field("good", !made->found).field("events", made->events);
    to.field("entries", made->entries).field("us", std::int64_t{made->time.count()});
    if (made->found) to.field("at", made->found->entry).field("text", made->found->text);
    fmt::print("{}\n", to.close('}').text());
  } else if (made->found) {
    fmt::print("entry {}, of event {} at {:.6f} s: {}\n", made->found->entry, made->found->event,
               seconds, made->found->text);
  } else {
    fmt::print("{} and {} of {:.3f} s: the proxy asks the same of the world\n",
               counted(made->events, "event"), counted(made->entries - made->events, "call"),
               seconds);
  }
  return made->found ? exit_nondeterminism : exit_good;
}

int replay(const trace_words& said) {
  const auto bytes = read_file(said.path);
  if (!bytes) return exit_usage;
  if (is_recording(*bytes)) return replay_recording(said, *bytes);
  const auto of = read_trace(said.path);
  if (!of) return exit_usage;
  const film made = record(*of);
  if (said.json) {
    json_writer to;
    to.open('{').field("from", of->from);
    write_verdict(to, made.found);
    to.field("found_then", name_of(of->found));
    to.field("choices", std::uint64_t{of->choices.size()});
    to.field("deviations", std::uint64_t{deviations(of->choices)});
    fmt::print("{}\n", to.close('}').text());
  } else {
    fmt::print("{}", draw_ascii(made, {.until = said.until, .healed = said.healed}));
    if (of->found != oracle::none && of->found != made.found.broken) {
      fmt::print("when it was written this run broke {}\n", name_of(of->found));
    }
  }
  return exit_code_of(made.found);
}

int shrink_one(const trace_words& said) {
  const auto of = read_trace(said.path);
  if (!of) return exit_usage;
  progress shown("replays");
  const shrunk least = shrink(*of, said.limits, [&](const shrunk& so_far) {
    shown.show(so_far.runs, {});
    return true;
  });
  if (!least.reproduced) {
    return refuse_unbroken(said.path, *of, "there is nothing to look for in smaller runs");
  }
  const std::string to =
      said.to.empty() ? said.path.substr(0, said.path.rfind(".trace")) + ".min.trace" : said.to;
  if (!write_file(to, print(least.smallest))) return exit_usage;
  if (to == "-") return exit_good;
  if (said.json) {
    json_writer text;
    text.open('{').field("rule", name_of(least.smallest.found)).field("text", least.text);
    text.field("smallest", to).field("replays", least.runs);
    text.field("before", std::uint64_t{deviations(of->choices)});
    text.field("deviations", std::uint64_t{deviations(least.smallest.choices)});
    fmt::print("{}\n", text.field("exhausted", least.exhausted).close('}').text());
  } else {
    fmt::print("{} before, {} now, by {}{}\n", counted(deviations(of->choices), "deviation"),
               deviations(least.smallest.choices), counted(least.runs, "replay"),
               least.exhausted ? " (all that were allowed)" : "");
    fmt::print("dovetail-sim replay {}  # {}: {}\n", to, name_of(least.smallest.found), least.text);
  }
  return exit_good;
}

// Of a trace, or of an order of a script.
std::optional<film> film_of(const trace_words& said) {
  if (!said.path.ends_with(".yml")) {
    const auto of = read_trace(said.path);
    if (!of) return std::nullopt;
    if (!said.order) return record(*of, said.until);
    fmt::print(stderr, "dovetail-sim: {}: only a script has an --order\n", said.path);
    return std::nullopt;
  }
  const auto of = read_scenario(said.path);
  if (!of) return std::nullopt;
  const std::size_t orders = orders_of(of->steps).size();
  const std::size_t order = said.order.value_or(0);
  if (of->kind == scenario::sort::script && order < orders) return record(*of, order);
  fmt::print(stderr, "dovetail-sim: {}: {}\n", said.path,
             of->kind != scenario::sort::script
                 ? "only a script says what happens; view a trace that a run of this left"
                 : fmt::format("there are orders 0 to {}", orders - 1));
  return std::nullopt;
}

int print_or_write(const trace_words& said, const std::string& text) {
  if (!said.to.empty()) return write_file(said.to, text) ? exit_good : exit_usage;
  fmt::print("{}", text);
  return exit_good;
}

int view_recording(const trace_words& said, std::string_view bytes) {
  if (said.json || said.format != "ascii") {
    fmt::print(stderr, "dovetail-sim: {}: a recording is drawn as ascii\n", said.path);
    return exit_usage;
  }
  const auto of = recording_in(said, bytes);
  return of ? print_or_write(said, list(*of, said.from, said.until)) : exit_usage;
}

int view(const trace_words& said) {
  const auto bytes = read_file(said.path);
  if (bytes && is_recording(*bytes)) return view_recording(said, *bytes);
  if (said.from != trace_words().from) {
    fmt::print(stderr, "dovetail-sim: {}: only of a recording may a part be listed, with --from\n",
               said.path);
    return exit_usage;
  }
  const auto read = bytes ? film_of(said) : std::nullopt;
  if (!read) return exit_usage;
  const film& made = *read;
  const std::string text = said.json ? film_json(made) + "\n"
                           : said.format == "html"
                               ? draw_html(made)
                               : draw_ascii(made, {.until = said.until, .healed = said.healed});
  return print_or_write(said, text);
}

void print_imported(const trace_words& said, const imported& made) {
  if (said.json) {
    json_writer to;
    to.open('{').field("good", made.found.good()).field("clients", made.clients);
    to.field("requests", made.requests).field("steps", made.steps);
    to.field("left_out", made.left_out).field("reloaded", made.reloaded);
    if (!made.found.good()) to.field("text", describe(made.found));
    fmt::print("{}\n", to.close('}').text());
    return;
  }
  if (made.reloaded > 0) {
    fmt::print(stderr, "up to event {}, with which another configuration took over\n",
               made.reloaded);
  }
  fmt::print(stderr, "{}, {} left out; {}\n", counted(made.steps, "step"), made.left_out,
             made.found.good() ? std::string("all rules hold") : describe(made.found));
}

// The script goes to standard output, or into a file; what it is, to standard error.
int import_one(const trace_words& said) {
  const auto bytes = read_file(said.path);
  if (!bytes) return exit_usage;
  if (!is_recording(*bytes)) {
    fmt::print(stderr, "dovetail-sim: {}: is no recording\n", said.path);
    return exit_usage;
  }
  const auto of = recording_in(said, *bytes);
  if (!of) return exit_usage;
  const auto made =
      import_recording(*of, {.pool = said.pool, .from = said.from, .until = said.until});
  if (!made) {
    fmt::print(stderr, "dovetail-sim: {}: {}\n", said.path, made.error());
    return exit_usage;
  }
  const std::string heading =
      fmt::format("# {} of {}, recorded from event {} {}, before model servers.\n",
                  counted(made->requests, "request"), counted(made->clients, "client"), said.from,
                  said.until == trace_words().until ? "on" : fmt::format("to {}", said.until));
  if (!write_file(said.to.empty() ? "-" : said.to, heading + made->script)) return exit_usage;
  print_imported(said, *made);
  return exit_code_of(made->found);
}

CLI::App* add_trace_command(CLI::App& to,
                            const std::string& name,
                            const std::string& what,
                            const std::string& file,
                            trace_words& said) {
  CLI::App* const line = to.add_subcommand(name, what);
  line->add_option("TRACE", said.path, file)->required();
  line->add_flag("--json", said.json, "Print JSON");
  return line;
}

void add_extent(CLI::App& to, trace_words& said) {
  to.add_option("--until", said.until,
                "Draw no further than this event; view plays a trace no further, too")
      ->check(whole_number());
  to.add_flag("--healed", said.healed, "Draw also what comes after all is well again");
}

void add_damaged(CLI::App& to, trace_words& said) {
  to.add_flag("--damaged", said.damaged, "Take a damaged recording as far as it is whole");
}

}  // namespace

command add_replay(CLI::App& to) {
  const auto said = std::make_shared<trace_words>();
  CLI::App* const line = add_trace_command(
      to, "replay", "Run a trace again and draw it, or compare what the daemon has recorded",
      "What a failing run has left, or dovetail --recorder", *said);
  add_extent(*line, *said);
  add_damaged(*line, *said);
  return {.line = line, .run = [said] { return replay(*said); }};
}

command add_shrink(CLI::App& to) {
  const auto said = std::make_shared<trace_words>();
  CLI::App* const line =
      add_trace_command(to, "shrink", "Look for a smaller run that breaks the same rule",
                        "What a failing run has left", *said);
  line->add_option("-o", said->to,
                   "Where to write it, - for standard output; default: TRACE with .min.trace");
  line->add_option("--replays", said->limits.runs, "How many to try at most")
      ->check(whole_number(1))
      ->capture_default_str();
  return {.line = line, .run = [said] { return shrink_one(*said); }};
}

command add_view(CLI::App& to) {
  const auto said = std::make_shared<trace_words>();
  CLI::App* const line = add_trace_command(
      to, "view", "Draw a trace or a script with what is in each queue, or list a recording",
      "What a failing run has left, or dovetail --recorder; or a script", *said);
  line->add_option("--order", said->order, "Which order of a script's races")
      ->check(whole_number());
  line->add_option("--format", said->format, "ascii or html")
      ->check(CLI::IsMember({"ascii", "html"}))
      ->capture_default_str();
  line->add_option("-o", said->to, "Where to write it; default: standard output");
  line->add_option("--from", said->from, "List a recording from this event on")
      ->check(whole_number(1));
  add_damaged(*line, *said);
  add_extent(*line, *said);
  return {.line = line, .run = [said] { return view(*said); }};
}

command add_import(CLI::App& to) {
  const auto said = std::make_shared<trace_words>();
  CLI::App* const line = to.add_subcommand(
      "import", "Make a scenario of what the daemon has recorded, with model servers");
  line->add_option("RECORDING", said->path, "A file that dovetail --recorder has left")->required();
  CLI::Option* const to_file =
      line->add_option("-o", said->to, "Where to write it; default: standard output");
  line->add_flag("--json", said->json, "Print a line of JSON about it")->needs(to_file);
  line->add_option("--pool", said->pool, "Which pool, where there are several");
  line->add_option("--from", said->from, "From this event on")->check(whole_number(1));
  line->add_option("--until", said->until, "Up to this event")->check(whole_number(1));
  add_damaged(*line, *said);
  return {.line = line, .run = [said] { return import_one(*said); }};
}

}  // namespace dovetail::sim
