// A redis hash: fields and their values.

#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace dovetail::sim {

// Lists its fields in the order in which they were first set, as redis does while a hash is small
// (listpack); a large one's order is redis's own and nobody may rely on it.
class fields {
 public:
  using field = std::pair<std::string, std::string>;

  fields() = default;
  fields(fields&&) = default;
  fields& operator=(fields&&) = default;

  // Null when there is none. Valid until it is erased.
  std::string* find(std::string_view name) {
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? nullptr : &at->second->second;
  }

  // True when the field is new.
  bool set(std::string_view name, std::string_view value) {
    if (std::string* const old = find(name)) {
      *old = value;
      return false;
    }
    in_order_.emplace_back(name, value);
    by_name_.emplace(in_order_.back().first, std::prev(in_order_.end()));
    return true;
  }

  bool erase(std::string_view name) {
    const auto at = by_name_.find(name);
    if (at == by_name_.end()) return false;
    const auto place = at->second;
    by_name_.erase(at);
    in_order_.erase(place);
    return true;
  }

  std::size_t size() const { return in_order_.size(); }
  bool empty() const { return in_order_.empty(); }
  auto begin() const { return in_order_.begin(); }
  auto end() const { return in_order_.end(); }

 private:
  std::list<field> in_order_;
  std::map<std::string_view, std::list<field>::iterator> by_name_;  // views into in_order_
};

}  // namespace dovetail::sim
