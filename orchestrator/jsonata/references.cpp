// What an expression reads from outside of itself.
#include "orchestrator/jsonata/references.h"

#include <algorithm>

namespace orch::jsonata {
namespace {

class Collector {
 public:
  explicit Collector(References& found) : found_(found) {}

  /// `outermost`: the node is evaluated with the input of the whole expression.
  void visit(const Node& node, bool outermost) {
    if (node.kind == Kind::variable && node.text == "$") found_.root = true;
    if (node.kind == Kind::name && outermost) add(found_.input_members, node.text);
    if (node.kind == Kind::path) return path(node, outermost);
    // The body of a lambda keeps the input of the place where it is written.
    for (const auto* part : {&node.left, &node.right, &node.third})
      if (*part) visit(**part, outermost && node.kind != Kind::transform);
    for (const auto& child : node.children) visit(*child, outermost);
    pairs(node.pairs, outermost);
    after(node);
  }

 private:
  /// Only the first step sees the input; the others see what the step before them gave.
  void path(const Node& node, bool outermost) {
    for (std::size_t i = 0; i < node.children.size(); ++i)
      visit(*node.children[i], outermost && i == 0);
    if (node.children.size() > 1 && node.children[0]->kind == Kind::variable &&
        node.children[1]->kind == Kind::name)
      add(found_.members[node.children[0]->text], node.children[1]->text);
    after(node);
  }

  void after(const Node& node) {
    if (node.group) pairs(node.group->pairs, false);
    for (const auto& term : node.terms) visit(*term.expression, false);
    for (const auto* stages : {&node.predicates, &node.stages})
      for (const auto& stage : *stages)
        if (stage.filter) visit(*stage.filter, false);
  }

  void pairs(const std::vector<std::pair<NodePtr, NodePtr>>& all, bool outermost) {
    for (const auto& [name, value] : all) {
      visit(*name, outermost);
      visit(*value, outermost);
    }
  }

  static void add(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }

  References& found_;
};

}  // namespace

References references_of(const Node& tree) {
  References found;
  Collector(found).visit(tree, true);
  return found;
}

}  // namespace orch::jsonata
