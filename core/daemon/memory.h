// How the process gives memory back.

#pragma once

namespace dovetail {

// From now on a block of the usual size, and anything larger, comes from the system by itself and
// goes back to it as soon as it is freed. Without this the allocator puts blocks side by side and
// keeps all of them while one of the last is in use. To be called before the first thread starts.
void give_blocks_back_at_once();

// What lies free between smaller pieces goes back, too. Takes a millisecond or so.
void give_rest_back();

}  // namespace dovetail
