#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/last_deed.h"

namespace dovetail {
namespace {

thread_local void (*last_deed)() = nullptr;

}  // namespace

void set_last_deed(void (*deed)()) {
  last_deed = deed;
}

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, condition);
  if (auto* const deed = std::exchange(last_deed, nullptr)) deed();
  std::abort();
}

}  // namespace dovetail
