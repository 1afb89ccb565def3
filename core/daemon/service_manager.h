// What systemd is told: sd_notify(3), whose protocol is a datagram.

#pragma once

#include <string_view>

namespace dovetail {

// Assignments, one a line ("READY=1\nSTATUS=serving"), to the socket that $NOTIFY_SOCKET names.
// Nothing happens without it, and nobody is told when it cannot be reached.
void tell_service_manager(std::string_view assignments);

// It serves, from now on or again.
void tell_ready();

// The configuration is read again; tell_ready() follows.
void tell_reloading();

void tell_stopping();

}  // namespace dovetail
