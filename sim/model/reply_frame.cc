#include "sim/model/reply_frame.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace dovetail::sim {

reply_line find_reply_line(std::string_view bytes, std::size_t& searched) {
  using enum reply_frame::outcome;
  const std::size_t cr = bytes.find('\r', searched);
  const bool has_lf = bytes.substr(0, cr).find('\n', searched) != std::string_view::npos;
  searched = std::min(cr, bytes.size());
  if (has_lf || searched > reply_line_bytes_max) return {malformed, {}};
  if (searched + 1 >= bytes.size()) return {incomplete, {}};
  if (bytes[cr + 1] != '\n') return {malformed, {}};
  return {complete, bytes.substr(0, cr)};
}

}  // namespace dovetail::sim
