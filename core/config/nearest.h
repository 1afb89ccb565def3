// The known word that a misspelt one was probably meant to be.

#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace dovetail {

// The first of the known words with the fewest single-character edits from `word`, if that is at
// most a third of its length (and at most three): further away it would be a guess.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known);

}  // namespace dovetail
