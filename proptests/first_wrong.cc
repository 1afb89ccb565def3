#include "proptests/first_wrong.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proptests/grammar.h"

namespace dovetail::proptests {
namespace {

bool may_go_on(const grammar& of, std::string_view begun, std::size_t before) {
  if (begun.empty()) return true;
  if (of.is_too_much(begun, before)) return false;
  return std::ranges::any_of(of.ends(), [&](const std::string& end) {
    const std::string line = std::string(begun) + end;
    return of.line_size(line) == line.size() && of.could_come(line);
  });
}

// The first n for which the first n bytes cannot be the front of a line.
std::optional<std::size_t> first_wrong_of_line(const grammar& of,
                                               std::string_view bytes,
                                               std::size_t before) {
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    if (!may_go_on(of, bytes.substr(0, size), before)) return size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> first_wrong(grammar& of, std::string_view stream) {
  std::size_t at = 0;
  std::size_t message = 0;  // where it begins
  of.begin_message();
  while (at < stream.size()) {
    const std::string_view rest = stream.substr(at);
    const std::size_t size = of.line_size(rest);
    // Of a whole line the last byte is judged with it.
    const std::string_view begun = size == 0 ? rest : rest.substr(0, size - 1);
    if (const auto wrong = first_wrong_of_line(of, begun, at - message)) return at + *wrong;
    if (size == 0) return std::nullopt;
    const std::string_view line = rest.substr(0, size);
    step next = of.judge(line, at - message);
    if (next.what == then::wrong) return at + size;
    of.accept(line);
    at += size;
    if (next.what == then::block) {
      const std::string_view block = stream.substr(at, next.block + 2);
      for (std::size_t end = next.block; of.strict_block_ends() && end < block.size(); ++end) {
        if (block[end] != "\r\n"[end - next.block]) return at + end + 1;
      }
      if (block.size() < next.block + 2) return std::nullopt;
      at += block.size();
      next = of.end_block(block);
      if (next.what == then::wrong) return at;
    }
    if (next.what != then::message) continue;
    message = at;
    of.begin_message();
  }
  return std::nullopt;
}

}  // namespace dovetail::proptests
