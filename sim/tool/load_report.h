// What a load found, for people and for machines.

#pragma once

#include <string>

#include "sim/load/load_run.h"
#include "sim/load/workload.h"

namespace dovetail::sim {

struct load_report {
  const load::workload_options& work;
  const load::load_run& run;
  double cpu_seconds = 0;  // of this process, since the first request

  double seconds() const;
  double per_second() const;

  // Several lines.
  std::string text() const;

  // One line: a JSON object. Latencies in microseconds.
  std::string json() const;
};

}  // namespace dovetail::sim
