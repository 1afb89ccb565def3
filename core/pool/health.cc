#include "pool/health.h"

#include "base/time.h"

namespace dovetail {

bool health::failed(instant now, int failure_limit, duration retry_after) {
  if (out_) return false;
  if (++failures_ < failure_limit) return false;
  failures_ = 0;
  out_ = true;
  probe_due_ = now + retry_after;
  return true;
}

}  // namespace dovetail
