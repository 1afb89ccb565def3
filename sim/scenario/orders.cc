// The orders in which a script's races may run.

#include <cstddef>
#include <utility>
#include <vector>

#include "sim/scenario/player.h"
#include "sim/scenario/scenario.h"

namespace dovetail::sim {
namespace {

using order = std::vector<const script_step*>;

// Each branch goes on from its place; every choice of the next branch is tried.
void interleave(const std::vector<std::vector<script_step>>& branches,
                std::vector<std::size_t>& places,
                order& so_far,
                std::vector<order>& into) {
  bool over = true;
  for (std::size_t branch = 0; branch < branches.size(); ++branch) {
    if (places[branch] == branches[branch].size()) continue;
    over = false;
    so_far.push_back(&branches[branch][places[branch]++]);
    interleave(branches, places, so_far, into);
    so_far.pop_back();
    --places[branch];
  }
  if (over) into.push_back(so_far);
}

// Of a race: the binomials of each branch's places among those of the branches before it.
double count_interleavings(const std::vector<std::vector<script_step>>& branches) {
  double count = 1;
  double places = 0;
  for (const auto& branch : branches) {
    for (std::size_t step = 1; step <= branch.size(); ++step)
      count = count * ++places / static_cast<double>(step);
  }
  return count;
}

}  // namespace

double count_orders(const std::vector<script_step>& steps) {
  double count = 1;
  for (const script_step& each : steps) {
    if (each.what == script_step::deed::race) count *= count_interleavings(each.branches);
  }
  return count;
}

std::vector<order> orders_of(const std::vector<script_step>& steps) {
  std::vector<order> all = {{}};
  for (const script_step& each : steps) {
    std::vector<order> parts = {{&each}};
    if (each.what == script_step::deed::race) {
      parts.clear();
      std::vector<std::size_t> places(each.branches.size());
      order so_far;
      interleave(each.branches, places, so_far, parts);
    }
    std::vector<order> longer;
    for (const order& before : all) {
      for (const order& part : parts) {
        longer.push_back(before);
        longer.back().insert(longer.back().end(), part.begin(), part.end());
      }
    }
    all = std::move(longer);
  }
  return all;
}

}  // namespace dovetail::sim
