#include "sim/world/verdict.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace dovetail::sim {

std::string_view name_of(oracle rule) {
  static constexpr std::array<std::string_view, 29> names = {
      "none",
      "O1 pairing",
      "O2 exactly one",
      "O3 no foreign byte",
      "O4 well-formed output",
      "O5 well-formed forwarding",
      "O6 at most once",
      "O7 no loss",
      "O8 routing",
      "O9 forward order",
      "O10 no reuse after desync",
      "O11 fragments",
      "O12 errors justified",
      "O13 noreply",
      "O14 local replies in order",
      "O15 linearizability",
      "O16 close semantics",
      "O17 handles",
      "O18 leaks",
      "O19 quiescence",
      "O20 probe after silence",
      "O21 liveness",
      "O22 bounded resources",
      "O23 isolation",
      "O24 work bound",
      "O25 plausibility",
      "O26 observability",
      "O27 determinism",
      "O28 accounting",
  };
  return names[static_cast<std::size_t>(rule)];
}

}  // namespace dovetail::sim
