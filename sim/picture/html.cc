#include "sim/picture/html.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/check.h"
#include "sim/picture/frame.h"
#include "sim/picture/page.h"

namespace dovetail::sim {

std::string draw_html(const film& of) {
  static constexpr std::string_view place = "{\"film\":0}";
  std::string text(page());
  const std::size_t at = text.find(place);
  DOVETAIL_CHECK(at != std::string::npos);
  return text.replace(at, place.size(), film_json(of));
}

}  // namespace dovetail::sim
