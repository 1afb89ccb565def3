// A fuzz target for one parser: the input's first byte says how many of the next are cuts, the rest
// is the stream. Whole, cut and byte by byte, the parser must find the same.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "fuzz/parsing.h"

namespace dovetail::fuzz {

// `parser` makes a new one. Stops the process when two readings differ.
template <class Message, class NewParser>
int compare_readings(const NewParser& parser, const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t count = std::min<std::size_t>(data[0] % 32, size - 1);
  const cuts pieces(data + 1, data + 1 + count);
  const std::string stream(reinterpret_cast<const char*>(data) + 1 + count, size - 1 - count);
  const std::string whole = found_in<Message>(parser(), stream, {});
  DOVETAIL_CHECK(found_in<Message>(parser(), stream, pieces) == whole);
  DOVETAIL_CHECK(found_in<Message>(parser(), stream, cuts(stream.size(), 0)) == whole);
  return 0;
}

}  // namespace dovetail::fuzz
