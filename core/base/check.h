// Our own broken promises stop the process, in every build: a proxy that goes on after one of its
// invariants failed could hand a response to the wrong client. Bytes from the network and values
// from the operator are never checked with this; they are answered.

#pragma once

namespace dovetail {

// Prints the condition and its place to stderr, then aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace dovetail

#define DOVETAIL_CHECK(condition)                      \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::dovetail::check_failed(#condition, __FILE__, __LINE__))
