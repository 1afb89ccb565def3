// What several laws are tried with.

#pragma once

#include <cstddef>
#include <cstdint>
#include <rapidcheck.h>
#include <string>
#include <string_view>
#include <vector>

#include "proptests/reading.h"

namespace dovetail::proptests {

// In [0, n), each as likely, and 0 when there is nothing to choose. Shrinks to 0.
inline std::size_t below(std::size_t n) {
  if (n < 2) return 0;
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, n));
}

inline bool one_in(std::size_t n) {
  return below(n) == n - 1;
}

// The places where a stream is cut: everywhere, or by small pieces first.
inline pieces any_pieces(std::string_view stream) {
  if (one_in(4)) return byte_by_byte(stream);
  const auto sizes =
      *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(1, 40));
  return {sizes.begin(), sizes.end()};
}

// Of any bytes at all.
inline std::string any_bytes() {
  return *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

// A word of 1 to `most` bytes that has no control byte and no blank.
inline std::string any_word(std::size_t most) {
  std::string word = *rc::gen::container<std::string>(
      1 + below(most), rc::gen::suchThat(rc::gen::arbitrary<char>(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7f;
      }));
  return word;
}

template <class T>
const T& any_of(const std::vector<T>& some) {
  return some[below(some.size())];
}

}  // namespace dovetail::proptests
