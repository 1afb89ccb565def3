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

}  // namespace

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
