// Keys and their values, some of them only until a moment.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "sim/model/wall_clock.h"

namespace dovetail::sim {

// Values have a member `std::optional<unix_ms> expires`. Keys are ordered, so that whatever walks
// over them does so the same way in every run. A value whose moment has come is gone for every
// caller; it is removed when it is looked at. References are valid until their key is erased.
template <class Value>
class store {
 public:
  // Null when there is no such key any more.
  Value* find(std::string_view key, unix_ms now) {
    const auto at = values_.find(key);
    if (at == values_.end()) return nullptr;
    if (!is_over(at->second, now)) return &at->second;
    values_.erase(at);
    return nullptr;
  }

  // Sets or replaces, expiry included.
  Value& put(std::string_view key, Value value) {
    const auto at = values_.find(key);
    if (at == values_.end()) return values_.emplace(key, std::move(value)).first->second;
    return at->second = std::move(value);
  }

  // True when there was one.
  bool erase(std::string_view key, unix_ms now) {
    if (find(key, now) == nullptr) return false;
    values_.erase(values_.find(key));
    return true;
  }

  // Calls visit(key, value) for each that is still there, in the order of the keys. It may look
  // keys up, and change nothing.
  template <class Visit>
  void for_each(unix_ms now, Visit visit) const {
    for (const auto& [key, value] : values_) {
      if (!is_over(value, now)) visit(std::string_view(key), value);
    }
  }

  void clear() { values_.clear(); }

  // Keys that are still there. Walks over all of them.
  std::size_t size(unix_ms now) {
    std::erase_if(values_, [now](const auto& each) { return is_over(each.second, now); });
    return values_.size();
  }

 private:
  static bool is_over(const Value& value, unix_ms now) {
    return value.expires && *value.expires <= now;
  }

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace dovetail::sim
