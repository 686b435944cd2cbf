#include "orchestrator/asl/layers.h"

#include <algorithm>

namespace orch::asl {
namespace {

constexpr int sweeps = 6;

class Layering {
 public:
  Layering(const Picture::Frame& frame, const std::vector<Picture::Way>& ways) {
    const std::set<std::size_t> here(frame.nodes.begin(), frame.nodes.end());
    for (const auto& way : ways) {
      if (way.kind == Picture::Way::Kind::nested || !here.contains(way.from)) continue;
      auto& next = next_[way.from];
      if (std::ranges::find(next, way.to) == next.end()) next.push_back(way.to);
    }
    // First where the flow starts; states that nothing leads to come last.
    visit(frame.start);
    for (const auto node : frame.nodes) visit(node);
    rank();
    for (const auto& [from, targets] : forward_)
      for (const auto to : targets) tie(from, to);
    for (int i = 0; i < sweeps; ++i) order(i % 2 == 0);
  }

  Layers made() { return std::move(made_); }

 private:
  // A way to a state that is still being visited is a loop.
  void visit(std::size_t first) {
    std::vector<std::pair<std::size_t, std::size_t>> path;
    if (!seen_.insert(first).second) return;
    path.emplace_back(first, 0);
    open_.insert(first);
    while (!path.empty()) {
      auto& [node, at] = path.back();
      if (at == next_[node].size()) {
        open_.erase(node);
        finished_.push_back(node);
        path.pop_back();
        continue;
      }
      const auto target = next_[node][at++];
      if (open_.contains(target)) {
        made_.back.emplace(node, target);
        continue;
      }
      forward_[node].push_back(target);
      if (!seen_.insert(target).second) continue;
      open_.insert(target);
      path.emplace_back(target, 0);
    }
  }

  // The layer of a node is the length of the longest way to it.
  void rank() {
    for (auto node = finished_.rbegin(); node != finished_.rend(); ++node) {
      const auto own = layer_[*node];
      for (const auto target : forward_[*node]) layer_[target] = std::max(layer_[target], own + 1);
    }
    for (auto node = finished_.rbegin(); node != finished_.rend(); ++node)
      slot_[*node] = put(layer_[*node], *node);
  }

  std::size_t put(std::size_t layer, std::optional<std::size_t> node) {
    if (made_.rows.size() <= layer) made_.rows.resize(layer + 1);
    made_.slots.push_back({node});
    made_.rows[layer].push_back(made_.slots.size() - 1);
    return made_.slots.size() - 1;
  }

  void tie(std::size_t from, std::size_t to) {
    auto last = slot_[from];
    const auto link = [&](std::size_t next) {
      made_.slots[last].down.push_back(next);
      made_.slots[next].up.push_back(last);
      last = next;
    };
    for (auto layer = layer_[from] + 1; layer < layer_[to]; ++layer) {
      const auto bend = put(layer, std::nullopt);
      made_.bends[{from, to}].push_back(bend);
      link(bend);
    }
    link(slot_[to]);
  }

  // Each slot goes to the mean place of those that it is tied to in the layer before.
  void order(bool downwards) {
    std::map<std::size_t, double> place;
    const auto note = [&](const std::vector<std::size_t>& row) {
      for (std::size_t i = 0; i < row.size(); ++i)
        place[row[i]] = (static_cast<double>(i) + 0.5) / static_cast<double>(row.size());
    };
    for (const auto& row : made_.rows) note(row);
    const auto mean = [&](std::size_t slot) {
      const auto& tied = downwards ? made_.slots[slot].up : made_.slots[slot].down;
      double sum = 0;
      for (const auto other : tied) sum += place[other];
      return tied.empty() ? place[slot] : sum / static_cast<double>(tied.size());
    };
    const auto sort = [&](std::vector<std::size_t>& row) {
      std::map<std::size_t, double> wanted;
      for (const auto slot : row) wanted[slot] = mean(slot);
      std::ranges::stable_sort(row, {}, [&](std::size_t slot) { return wanted[slot]; });
      note(row);
    };
    auto& rows = made_.rows;
    if (downwards)
      std::for_each(rows.begin(), rows.end(), sort);
    else
      std::for_each(rows.rbegin(), rows.rend(), sort);
  }

  Layers made_;
  std::map<std::size_t, std::vector<std::size_t>> next_, forward_;
  std::set<std::size_t> seen_, open_;
  std::vector<std::size_t> finished_;                ///< each after all that it leads to
  std::map<std::size_t, std::size_t> layer_, slot_;  ///< of nodes
};

}  // namespace

Layers layers_of(const Picture::Frame& frame, const std::vector<Picture::Way>& ways) {
  return Layering(frame, ways).made();
}

}  // namespace orch::asl
