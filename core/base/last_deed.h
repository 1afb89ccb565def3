// What is still done when one of our own promises is broken.

#pragma once

namespace dovetail {

// Done on this thread, once, before check_failed() aborts; null: nothing. It finds things as they
// were when the promise broke.
void set_last_deed(void (*deed)());

}  // namespace dovetail
