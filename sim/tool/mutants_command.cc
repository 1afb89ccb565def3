// mutants: hands over to the script that builds a copy of the proxy for each mistake.

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>  // IWYU pragma: keep
#include <CLI/Error.hpp>
#include <fmt/core.h>

#include "sim/tool/commands.h"
#include "sim/tool/exit_code.h"

namespace dovetail::sim {
namespace {

struct mutants_words {
  std::string source;
  std::vector<std::string> ids;
  unsigned jobs = 2;
  bool all = false;
  bool matrix = false;
  bool check = false;
  bool json = false;
};

// The script of the tree that the directory is in. Empty: of none.
std::filesystem::path script_from(std::filesystem::path directory) {
  for (;; directory = directory.parent_path()) {
    std::error_code ignored;
    auto script = directory / "ci/mutants";
    if (std::filesystem::is_regular_file(script, ignored)) return script;
    if (directory == directory.parent_path()) return {};
  }
}

std::vector<std::string> words_of(const mutants_words& said, const std::string& script) {
  std::vector<std::string> words = {script};
  if (said.all) words.emplace_back("--all");
  if (said.matrix) words.emplace_back("--matrix");
  if (said.check) words.emplace_back("--check");
  if (said.json) words.emplace_back("--json");
  if (!said.ids.empty()) words.emplace_back("--id");
  words.insert(words.end(), said.ids.begin(), said.ids.end());
  words.insert(words.end(), {"--jobs", std::to_string(said.jobs)});
  return words;
}

int mutants(const mutants_words& said) {
  std::error_code why;
  const std::string from = said.source.empty() ? "." : said.source;
  const auto script = script_from(std::filesystem::absolute(from, why).lexically_normal());
  if (script.empty()) {
    fmt::print(stderr,
               "dovetail-sim: {}: not in Dovetail's source: there is no ci/mutants; say --source "
               "DIR\n",
               from);
    return exit_usage;
  }
  std::vector<std::string> words = words_of(said, script.string());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& each : words)
    pointers.push_back(each.data());
  pointers.push_back(nullptr);
  std::fflush(stdout);
  execv(pointers.front(), pointers.data());
  fmt::print(stderr, "dovetail-sim: {}: {}\n", script.string(),
             std::generic_category().message(errno));
  return exit_usage;
}

}  // namespace

command add_mutants(CLI::App& to) {
  const auto said = std::make_shared<mutants_words>();
  CLI::App* const line = to.add_subcommand(
      "mutants", "Is each mistake found that is made on purpose in a copy of the proxy?");
  line->add_flag("--all", said->all, "Each that there is");
  line->add_option("--id", said->ids, "These: m03 x07")->expected(1, -1);
  line->add_flag("--matrix", said->matrix, "Also which fault and which rule alone find what");
  line->add_flag("--check", said->check, "Only whether each can still be made");
  line->add_option("--source", said->source,
                   "A directory of the source; default: the current directory's");
  line->add_option("--jobs", said->jobs, "Copies at once")->capture_default_str();
  line->add_flag("--json", said->json, "Print JSON");
  line->callback([said] {
    if (!said->all && !said->matrix && !said->check && said->ids.empty())
      throw CLI::ValidationError("mutants", "which? --all, --id M, --matrix or --check");
  });
  return {.line = line, .run = [said] { return mutants(*said); }};
}

}  // namespace dovetail::sim
