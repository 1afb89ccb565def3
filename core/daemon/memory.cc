#include "daemon/memory.h"

#include <malloc.h>

namespace dovetail {

// mallopt(3). A fixed threshold: the usual one grows to the size of whatever is freed.
void give_blocks_back_at_once() {
  ::mallopt(M_MMAP_THRESHOLD, 12 << 10);
}

// malloc_trim(3).
void give_rest_back() {
  ::malloc_trim(0);
}

}  // namespace dovetail
