// The program's commands: what each understands of the command line, and what it does then.

#pragma once

#include <functional>

#include <CLI/App.hpp>

namespace dovetail::sim {

struct command {
  CLI::App* line;            // throws CLI::ValidationError for what shows only when all is read
  std::function<int()> run;  // once the line was read; returns the process's exit code
};

command add_run(CLI::App& to);
command add_sweep(CLI::App& to);
command add_explore(CLI::App& to);
command add_replay(CLI::App& to);
command add_shrink(CLI::App& to);
command add_view(CLI::App& to);
command add_import(CLI::App& to);
command add_blame(CLI::App& to);
command add_mutants(CLI::App& to);
command add_doctor(CLI::App& to);
command add_bench(CLI::App& to);
command add_serve(CLI::App& to);
command add_load(CLI::App& to);

}  // namespace dovetail::sim
