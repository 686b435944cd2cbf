#include "orchestrator/asl/layout.h"

#include <algorithm>
#include <map>
#include <set>

namespace orch::asl {
namespace {

using Kind = Picture::Way::Kind;
using Box = Layout::Box;

constexpr double node_height = 44;
constexpr double narrowest = 110, widest = 260;
constexpr double character = 7.5;
constexpr double padding = 28;
constexpr double gap = 28;        // between boxes of a layer
constexpr double layer_gap = 46;  // room for labels of ways
constexpr double frame_inset = 16;
constexpr double frame_head = 22;  // its label
constexpr int sweeps = 4;

/// A node with the frames below it.
struct Block {
  double width = 0;
  double height = 0;
};

class Layers {
 public:
  Layers(const Picture::Frame& frame, const std::vector<Picture::Way>& ways) {
    const std::set<std::size_t> here(frame.nodes.begin(), frame.nodes.end());
    for (const auto& way : ways) {
      if (way.kind == Kind::nested || !here.contains(way.from)) continue;
      next_[way.from].push_back(way.to);
    }
    // First where the flow starts; states that nothing leads to come last.
    visit(frame.start);
    for (const auto node : frame.nodes) visit(node);
    rank();
    for (int i = 0; i < sweeps; ++i) order(i % 2 == 0);
  }

  const std::vector<std::vector<std::size_t>>& rows() const { return rows_; }

 private:
  // Ways back to a state that is still being visited are left out: they are loops.
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
      if (open_.contains(target)) continue;
      forward_[node].push_back(target);
      back_[target].push_back(node);
      if (!seen_.insert(target).second) continue;
      open_.insert(target);
      path.emplace_back(target, 0);
    }
  }

  void rank() {
    std::map<std::size_t, std::size_t> layer;
    for (auto node = finished_.rbegin(); node != finished_.rend(); ++node) {
      auto& own = layer[*node];
      for (const auto target : forward_[*node]) layer[target] = std::max(layer[target], own + 1);
    }
    for (auto node = finished_.rbegin(); node != finished_.rend(); ++node) {
      if (rows_.size() <= layer[*node]) rows_.resize(layer[*node] + 1);
      rows_[layer[*node]].push_back(*node);
    }
  }

  // Each node goes to the mean place of those that it is tied to in the other layers.
  void order(bool downwards) {
    std::map<std::size_t, double> place;
    for (const auto& row : rows_)
      for (std::size_t i = 0; i < row.size(); ++i)
        place[row[i]] = (static_cast<double>(i) + 0.5) / static_cast<double>(row.size());
    const auto& tied = downwards ? back_ : forward_;
    const auto mean = [&](std::size_t node) {
      const auto found = tied.find(node);
      if (found == tied.end() || found->second.empty()) return place[node];
      double sum = 0;
      for (const auto other : found->second) sum += place[other];
      return sum / static_cast<double>(found->second.size());
    };
    for (auto& row : rows_) {
      std::map<std::size_t, double> wanted;
      for (const auto node : row) wanted[node] = mean(node);
      std::ranges::stable_sort(row, {}, [&](std::size_t node) { return wanted[node]; });
    }
  }

  std::map<std::size_t, std::vector<std::size_t>> next_, forward_, back_;
  std::set<std::size_t> seen_, open_;
  std::vector<std::size_t> finished_;  ///< each after all that it leads to
  std::vector<std::vector<std::size_t>> rows_;
};

class Placing {
 public:
  explicit Placing(const Picture& picture) : picture_(picture) {
    for (const auto& way : picture.ways)
      if (way.kind == Kind::nested) owners_[way.to] = way.from;
    made_.nodes.resize(picture.nodes.size());
    blocks_.resize(picture.nodes.size());
  }

  Layout made() {
    const auto whole = measure(picture_.whole);
    place(picture_.whole, {padding, padding, whole.width, whole.height});
    made_.width = whole.width + 2 * padding;
    made_.height = whole.height + 2 * padding;
    for (const auto& way : picture_.ways) made_.ways.push_back(line(way));
    return std::move(made_);
  }

 private:
  static double width_of(const State& state) {
    const auto length = static_cast<double>(std::max<std::size_t>(state.name.size(), 8));
    return std::clamp(length * character + padding, narrowest, widest);
  }

  Block measure(const Picture::Frame& frame) {
    for (const auto node : frame.nodes)
      blocks_[node] = {width_of(*picture_.nodes[node]), node_height};
    for (const auto& nested : frame.frames) {
      const auto inside = measure(nested);
      sizes_[&nested] = {inside.width + 2 * frame_inset,
                         inside.height + 2 * frame_inset + frame_head};
      nested_[owners_[nested.start]].push_back(&nested);
    }
    for (const auto node : frame.nodes) widen(node);
    const auto& rows = layers_.emplace(&frame, Layers(frame, picture_.ways)).first->second.rows();
    Block whole{0, layer_gap * static_cast<double>(rows.size() - 1)};
    for (const auto& row : rows) {
      whole.width = std::max(whole.width, width_of_row(row));
      whole.height += height_of_row(row);
    }
    return whole;
  }

  void widen(std::size_t node) {
    const auto found = nested_.find(node);
    if (found == nested_.end()) return;
    double width = -gap, height = 0;
    for (const auto* frame : found->second) {
      width += sizes_[frame].width + gap;
      height = std::max(height, sizes_[frame].height);
    }
    blocks_[node].width = std::max(blocks_[node].width, width);
    blocks_[node].height += layer_gap / 2 + height;
  }

  double width_of_row(const std::vector<std::size_t>& row) const {
    double width = -gap;
    for (const auto node : row) width += blocks_[node].width + gap;
    return width;
  }

  double height_of_row(const std::vector<std::size_t>& row) const {
    double height = 0;
    for (const auto node : row) height = std::max(height, blocks_[node].height);
    return height;
  }

  void place(const Picture::Frame& frame, const Box& room) {
    double y = room.y;
    for (const auto& row : layers_.at(&frame).rows()) {
      double x = room.x + (room.width - width_of_row(row)) / 2;
      for (const auto node : row) {
        place_block(node, x, y);
        x += blocks_[node].width + gap;
      }
      y += height_of_row(row) + layer_gap;
    }
  }

  void place_block(std::size_t node, double x, double y) {
    const auto& block = blocks_[node];
    const auto width = width_of(*picture_.nodes[node]);
    made_.nodes[node] = {x + (block.width - width) / 2, y, width, node_height};
    const auto found = nested_.find(node);
    if (found == nested_.end()) return;
    double all = -gap;
    for (const auto* frame : found->second) all += sizes_[frame].width + gap;
    double left = x + (block.width - all) / 2;
    const double top = y + node_height + layer_gap / 2;
    for (const auto* frame : found->second) {
      const auto& size = sizes_[frame];
      made_.frames.push_back({frame->label, node, {left, top, size.width, size.height}});
      place(*frame, {left + frame_inset, top + frame_inset + frame_head,
                     size.width - 2 * frame_inset, size.height - 2 * frame_inset - frame_head});
      left += size.width + gap;
    }
  }

  // Down from under the node and its frames to the top of the next; a way back goes beside them.
  std::vector<Layout::Point> line(const Picture::Way& way) const {
    const auto& from = made_.nodes[way.from];
    const auto& to = made_.nodes[way.to];
    const double start = from.x + from.width / 2, end = to.x + to.width / 2;
    const double below =
        way.kind == Kind::nested ? from.y + from.height : from.y + blocks_[way.from].height;
    if (to.y >= below) return {{start, below}, {end, to.y}};
    const double side =
        std::max(start + blocks_[way.from].width / 2, end + blocks_[way.to].width / 2) + gap / 2;
    const double from_middle = from.y + from.height / 2, to_middle = to.y + to.height / 2;
    return {{from.x + from.width, from_middle},
            {side, from_middle},
            {side, to_middle},
            {to.x + to.width, to_middle}};
  }

  const Picture& picture_;
  Layout made_;
  std::map<std::size_t, std::size_t> owners_;  ///< of frames, by their first node
  std::map<std::size_t, std::vector<const Picture::Frame*>> nested_;  ///< by their owners
  std::map<const Picture::Frame*, Block> sizes_;
  std::map<const Picture::Frame*, Layers> layers_;
  std::vector<Block> blocks_;
};

}  // namespace

Layout layout_of(const Picture& picture) { return Placing(picture).made(); }

}  // namespace orch::asl
