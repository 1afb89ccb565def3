#include "sim/world/scene.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "base/endpoint.h"

namespace dovetail::sim {

bool is_lie(fault what) {
  switch (what) {
    case fault::surplus:
    case fault::omission:
    case fault::wrong_type:
    case fault::wrong_key:
    case fault::garbage:
      return true;
    default:
      return false;
  }
}

std::string_view name_of(fault what) {
  switch (what) {
    case fault::client_reset:
      return "client_reset";
    case fault::client_finish:
      return "client_finish";
    case fault::server_reset:
      return "server_reset";
    case fault::server_close:
      return "server_close";
    case fault::lateness:
      return "lateness";
    case fault::stall:
      return "stall";
    case fault::refusal:
      return "refusal";
    case fault::black_hole:
      return "black_hole";
    case fault::error_reply:
      return "error_reply";
    case fault::early_error:
      return "early_error";
    case fault::truncation:
      return "truncation";
    case fault::surplus:
      return "surplus";
    case fault::omission:
      return "omission";
    case fault::wrong_type:
      return "wrong_type";
    case fault::wrong_key:
      return "wrong_key";
    case fault::descriptors:
      return "descriptors";
    case fault::garbage:
      return "garbage";
    case fault::reload:
      return "reload";
    case fault::unresolved:
      return "unresolved";
    case fault::stop_reading:
      return "stop_reading";
    case fault::restart:
      return "restart";
  }
  return "?";
}

endpoint proxy_address() {
  return {.host = "proxy", .port = 22121, .path = {}};
}

endpoint server_address(std::uint32_t server) {
  return {.host = "s" + std::to_string(server), .port = 6379, .path = {}};
}

}  // namespace dovetail::sim
