// page.html, as it was when the program was built.

#pragma once

#include <string_view>

namespace dovetail::sim {

std::string_view page();

}  // namespace dovetail::sim
