// Hash → place among weighted servers, some of which may be ejected.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dovetail {

enum class distribution_kind : std::uint8_t { ketama, modula, random };

std::string_view name_of(distribution_kind kind);
std::optional<distribution_kind> distribution_named(std::string_view name);

// One server as a distribution sees it.
struct place {
  std::string_view name;
  std::uint32_t weight = 1;  // at least 1
  bool live = true;
};

class distribution {
 public:
  virtual ~distribution() = default;

  // Lays the live places out anew; indices in `places` are what pick() returns. With none live the
  // former layout stays, as in twemproxy.
  virtual void rebuild(std::span<const place> places) = 0;

  // The index of the server for a key with this hash. There must have been a live place once.
  virtual std::uint32_t pick(std::uint32_t hash) = 0;
};

// `seed` is for `random` alone.
std::unique_ptr<distribution> make_distribution(distribution_kind kind, std::uint64_t seed);

}  // namespace dovetail
