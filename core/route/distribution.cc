#include "route/distribution.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/check.h"
#include "route/ketama.h"
#include "route/modula.h"
#include "route/random.h"

namespace dovetail {
namespace {

// In the order of distribution_kind.
constexpr std::array<std::string_view, 3> names{"ketama", "modula", "random"};

}  // namespace

std::string_view name_of(distribution_kind kind) {
  const auto at = static_cast<std::size_t>(kind);
  DOVETAIL_CHECK(at < names.size());
  return names[at];
}

std::optional<distribution_kind> distribution_named(std::string_view name) {
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (names[at] == name) return static_cast<distribution_kind>(at);
  }
  return std::nullopt;
}

std::unique_ptr<distribution> make_distribution(distribution_kind kind, std::uint64_t seed) {
  switch (kind) {
    case distribution_kind::ketama:
      return std::make_unique<ketama>();
    case distribution_kind::modula:
      return std::make_unique<modula>();
    case distribution_kind::random:
      return std::make_unique<random_distribution>(seed);
  }
  DOVETAIL_CHECK(false && "not a distribution_kind");
}

}  // namespace dovetail
