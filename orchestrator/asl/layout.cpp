#include "orchestrator/asl/layout.h"

#include <algorithm>
#include <map>

#include "orchestrator/asl/layers.h"

namespace orch::asl {
namespace {

using Box = Layout::Box;

constexpr double node_height = 44;
constexpr double narrowest = 110, widest = 260;
constexpr double character = 7.5;
constexpr double padding = 28;
constexpr double gap = 28;        // between boxes of a layer
constexpr double layer_gap = 46;  // room for labels of ways
constexpr double frame_inset = 16;
constexpr double frame_head = 22;  // its label
constexpr double passing = 14;     // what a way takes of a layer that it passes
constexpr double lane = 16;        // what a way back takes beside the layers
constexpr double turn = 14;        // from a node to the turn of a way back

/// A node with the frames below it.
struct Block {
  double width = 0;
  double height = 0;
};

class Placing {
 public:
  explicit Placing(const Picture& picture) : picture_(picture) {
    for (const auto& way : picture.ways)
      if (way.kind == Picture::Way::Kind::nested) owners_[way.to] = way.from;
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
    const auto& layers = layers_.emplace(&frame, layers_of(frame, picture_.ways)).first->second;
    const auto lanes = lane * static_cast<double>(layers.back.size());
    Block whole{width_of_rows(layers) + lanes,
                layer_gap * static_cast<double>(layers.rows.size() - 1)};
    for (const auto& row : layers.rows) whole.height += height_of_row(layers, row);
    // The turns of a way back are above and below what it leads to and from.
    if (!layers.back.empty()) whole.height += 2 * turn;
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

  double width_of_slot(const Layers::Slot& slot) const {
    return slot.node ? blocks_[*slot.node].width : passing;
  }

  double width_of_row(const Layers& layers, const std::vector<std::size_t>& row) const {
    double width = -gap;
    for (const auto slot : row) width += width_of_slot(layers.slots[slot]) + gap;
    return width;
  }

  double width_of_rows(const Layers& layers) const {
    double width = 0;
    for (const auto& row : layers.rows) width = std::max(width, width_of_row(layers, row));
    return width;
  }

  double height_of_row(const Layers& layers, const std::vector<std::size_t>& row) const {
    double height = 0;
    for (const auto slot : row)
      if (const auto node = layers.slots[slot].node)
        height = std::max(height, blocks_[*node].height);
    return height;
  }

  void place(const Picture::Frame& frame, const Box& room) {
    const auto& layers = layers_.at(&frame);
    const auto width = width_of_rows(layers);
    double y = room.y + (layers.back.empty() ? 0 : turn);
    std::vector<Passage> passages(layers.slots.size());
    for (const auto& row : layers.rows) {
      const auto height = height_of_row(layers, row);
      double x = room.x + (width - width_of_row(layers, row)) / 2;
      for (const auto slot : row) {
        const auto own = width_of_slot(layers.slots[slot]);
        passages[slot] = {x + own / 2, y, y + height};
        if (const auto node = layers.slots[slot].node) {
          place_block(*node, x, y);
          bottoms_[*node] = y + height;
        }
        x += own + gap;
      }
      y += height + layer_gap;
    }
    for (const auto& [ends, slots] : layers.bends)
      for (const auto slot : slots) passages_[ends].push_back(passages[slot]);
    double side = room.x + width;
    for (const auto& ends : layers.back) sides_[ends] = side += lane;
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

  // From under the node and its frames to the top of the next, straight down where it passes a
  // layer; a way back goes beside all layers.
  std::vector<Layout::Point> line(const Picture::Way& way) const {
    const auto& from = made_.nodes[way.from];
    const auto& to = made_.nodes[way.to];
    const double start = from.x + from.width / 2, end = to.x + to.width / 2;
    if (way.kind == Picture::Way::Kind::nested) return {{start, from.y + from.height}, {end, to.y}};
    const double below = from.y + blocks_[way.from].height, bottom = bottoms_.at(way.from);
    const Layers::Ends ends{way.from, way.to};
    std::vector<Layout::Point> points{{start, below}};
    if (const auto side = sides_.find(ends); side != sides_.end()) {
      points.insert(points.end(), {{start, bottom + turn},
                                   {side->second, bottom + turn},
                                   {side->second, to.y - turn},
                                   {end, to.y - turn},
                                   {end, to.y}});
      return points;
    }
    if (bottom > below) points.push_back({start, bottom});
    if (const auto passed = passages_.find(ends); passed != passages_.end())
      for (const auto& [x, top, low] : passed->second) {
        points.push_back({x, top});
        points.push_back({x, low});
      }
    points.push_back({end, to.y});
    return points;
  }

  /// Where a way passes a layer.
  struct Passage {
    double x = 0, top = 0, bottom = 0;
  };

  const Picture& picture_;
  Layout made_;
  std::map<std::size_t, std::size_t> owners_;  ///< of frames, by their first node
  std::map<std::size_t, std::vector<const Picture::Frame*>> nested_;  ///< by their owners
  std::map<const Picture::Frame*, Block> sizes_;
  std::map<const Picture::Frame*, Layers> layers_;
  std::map<Layers::Ends, std::vector<Passage>> passages_;
  std::map<Layers::Ends, double> sides_;   ///< where ways back go
  std::map<std::size_t, double> bottoms_;  ///< of the layers that nodes are in
  std::vector<Block> blocks_;
};

}  // namespace

Layout layout_of(const Picture& picture) { return Placing(picture).made(); }

}  // namespace orch::asl
