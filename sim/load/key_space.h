// The keys of a load: their names, and whose they are.
//
//     number   0      1      2      3               4 …      every fourth key is private: only its
//              shared shared shared of client 0              client writes and reads it
//
// Names are as long as each other, so that requests are made by changing eight digits.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace dovetail::sim::load {

using key_number = std::uint32_t;

class key_space {
 public:
  static constexpr std::uint32_t keys_max = 99'999'999;
  static constexpr std::uint32_t every = 4;

  // Names are `prefix` and eight digits. At least four keys, so that one is private.
  key_space(std::string prefix, std::uint32_t keys, std::uint32_t clients)
      : prefix_(std::move(prefix)), keys_(keys), clients_(clients) {
    DOVETAIL_CHECK(keys_ >= every && keys_ <= keys_max && clients_ > 0);
  }

  std::uint32_t size() const { return keys_; }
  std::size_t name_size() const { return prefix_.size() + digits; }

  static bool is_private(key_number key) { return key % every == every - 1; }
  std::uint32_t owner(key_number key) const { return key / every % clients_; }

  // A private key's place among those of its owner.
  std::uint32_t place(key_number key) const { return key / every / clients_; }

  std::uint32_t private_keys_of(std::uint32_t client) const {
    const std::uint32_t all = keys_ / every;
    return all / clients_ + (client < all % clients_ ? 1 : 0);
  }

  // One that the client may use: every fourth time of its own, if it has any, otherwise shared.
  // `random` decides.
  key_number pick(std::uint32_t client, std::uint64_t random) const {
    const auto draw = static_cast<std::uint32_t>(random >> 32);
    const std::uint32_t own = private_keys_of(client);
    if (random % every == 0 && own > 0) {
      return (below(draw, own) * clients_ + client) * every + every - 1;
    }
    const std::uint32_t shared = below(draw, keys_ - keys_ / every);
    return shared / (every - 1) * every + shared % (every - 1);
  }

  void append_name(std::string& to, key_number key) const {
    to += prefix_;
    std::array<char, digits> text{};
    for (std::size_t at = digits; at-- > 0; key /= 10)
      text[at] = static_cast<char>('0' + key % 10);
    to.append(text.data(), text.size());
  }

  std::string name(key_number key) const {
    std::string made;
    append_name(made, key);
    return made;
  }

  // The key of that name; nothing when it is none of ours.
  std::optional<key_number> number(std::string_view name) const {
    if (name.size() != name_size() || !name.starts_with(prefix_)) return std::nullopt;
    const auto found = parse_unsigned(name.substr(prefix_.size()), keys_ - 1);
    if (!found) return std::nullopt;
    return static_cast<key_number>(*found);
  }

 private:
  static constexpr std::size_t digits = 8;

  static std::uint32_t below(std::uint32_t draw, std::uint32_t bound) {
    return static_cast<std::uint32_t>((std::uint64_t{draw} * bound) >> 32);
  }

  std::string prefix_;
  std::uint32_t keys_;
  std::uint32_t clients_;
};

}  // namespace dovetail::sim::load
