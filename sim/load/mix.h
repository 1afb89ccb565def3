// What a load asks for, and how often.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail::sim::load {

enum class load_op : std::uint8_t { get, mget, set, del, incr };

inline constexpr std::array load_ops{load_op::get, load_op::mget, load_op::set, load_op::del,
                                     load_op::incr};

std::string_view name_of(load_op what);

struct mix_entry {
  load_op what = load_op::get;
  std::uint32_t keys = 1;    // of an mget
  std::uint32_t weight = 0;  // at least 1
};

class mix {
 public:
  static constexpr std::uint32_t mget_keys_max = 1000;

  // "get=90,set=10,mget10=5,del=1,incr=1": names and weights. Nothing when it is not that.
  static std::optional<mix> parse(std::string_view text);

  // `random` decides.
  const mix_entry& pick(std::uint32_t random) const {
    auto left = static_cast<std::uint32_t>((std::uint64_t{random} * total_) >> 32);
    const mix_entry* at = entries_.data();
    for (; left >= at->weight; ++at)
      left -= at->weight;
    return *at;
  }

 private:
  std::vector<mix_entry> entries_;  // not empty
  std::uint32_t total_ = 0;
};

}  // namespace dovetail::sim::load
