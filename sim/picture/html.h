// A film for the browser.

#pragma once

#include <string>

#include "sim/picture/frame.h"

namespace dovetail::sim {

// The film as JSON: what page.html draws.
std::string film_json(const film& of);

// One page that needs nothing else: no network, no other file.
std::string draw_html(const film& of);

}  // namespace dovetail::sim
