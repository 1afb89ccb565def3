// What was seen where the contract allows several things, clause by clause.

#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail::sim {

// An outcome that a clause allows and this network never has.
struct exception {
  std::string_view clause;
  std::string_view outcome;
  std::string_view why;
};

class outcomes {
 public:
  void enter(std::string_view clause,
             std::string_view outcome,
             std::initializer_list<std::string_view> allowed);

  // Clauses that have not shown all that they allow, exceptions left out; in the order of names.
  std::vector<std::string> unfinished() const;

  // "clause: outcome" for what is allowed and was not seen, or was seen although it never should.
  std::vector<std::string> complaints() const;

  std::size_t questions() const;
  std::size_t seen() const;

 private:
  struct question {
    std::string clause;
    std::set<std::string> allowed;
    auto operator<=>(const question&) const = default;
  };

  std::map<question, std::set<std::string>> seen_;
};

// Of this process.
outcomes& outcomes_seen();

}  // namespace dovetail::sim
