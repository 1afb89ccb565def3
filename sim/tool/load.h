// `dovetail-sim load`: model clients on real sockets, with an oracle for every reply.

#pragma once

#include "sim/load/load_run.h"
#include "sim/load/workload.h"

namespace dovetail::sim {

struct load_options {
  load::workload_options work;
  load::load_limits limits;
  bool expects_errors = false;
  bool json = false;
};

// Returns the process's exit code: 0 fine, 1 nobody to connect to, 3 a wrong reply, or an error
// where none is expected. Reports on standard output.
int run_load(const load_options& how);

}  // namespace dovetail::sim
