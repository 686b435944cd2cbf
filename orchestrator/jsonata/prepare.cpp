// From what stands in the text to what the evaluator walks.
#include <algorithm>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/function.h"
#include "orchestrator/jsonata/parser.h"

namespace orch::jsonata {
namespace {

NodePtr path_of(NodePtr step) {
  auto path = std::make_unique<Node>(Kind::path, step->position);
  path->children.push_back(std::move(step));
  return path;
}

/// Puts calls in tail position off: the caller of the function makes them, so that recursion in
/// tail position needs no stack.
NodePtr tail_calls(NodePtr body) {
  if (body->kind == Kind::call && body->predicates.empty() && !body->group) {
    auto thunk = std::make_unique<Node>(Kind::lambda, body->position);
    thunk->thunk = true;
    thunk->right = std::move(body);
    return thunk;
  }
  if (body->kind == Kind::condition) {
    if (body->right) body->right = tail_calls(std::move(body->right));
    if (body->third) body->third = tail_calls(std::move(body->third));
  }
  if (body->kind == Kind::block && !body->children.empty())
    body->children.back() = tail_calls(std::move(body->children.back()));
  return body;
}

/// What the reference calls this kind of node.
const char* reference_name(const Node& node) {
  switch (node.kind) {
    case Kind::path:
      return "path";
    case Kind::parent:
      return "parent";
    case Kind::variable:
      return "variable";
    case Kind::call:
      return "function";
    case Kind::partial:
      return "partial";
    case Kind::lambda:
      return "lambda";
    case Kind::string:
      return "string";
    case Kind::number:
      return "number";
    case Kind::array:
    case Kind::object:
    case Kind::negation:
      return "unary";
    case Kind::binary:
      return "binary";
    case Kind::bind:
      return "bind";
    case Kind::apply:
      return "apply";
    case Kind::block:
      return "block";
    case Kind::sort:
      return "sort";
    case Kind::condition:
      return "condition";
    case Kind::transform:
      return "transform";
    case Kind::descendant:
      return "descendant";
    case Kind::wildcard:
      return "wildcard";
    case Kind::regex:
      return "regex";
    default:
      return "value";
  }
}

class Preparation {
 public:
  NodePtr run(NodePtr tree) {
    tree = prepare(std::move(tree));
    if (tree->kind == Kind::parent || !tree->seeking_parent.empty()) {
      auto problem = Problem("S0217").token(reference_name(*tree));
      // Paths and parents have no place of their own.
      const bool placed = tree->kind != Kind::parent && tree->kind != Kind::path;
      throw placed ? problem.at(tree->position).error() : problem.error();
    }
    return tree;
  }

 private:
  NodePtr prepare(NodePtr node) {
    const bool keep = node->keep_array;
    auto made = rewrite(std::move(node));
    made->keep_array = made->keep_array || keep;
    return made;
  }

  NodePtr rewrite(NodePtr node) {
    switch (node->kind) {
      case Kind::end:
        throw Problem("S0207").at(node->position).token("(end)").error();
      case Kind::dot:
        return dot(std::move(node));
      case Kind::predicate:
        return predicate(std::move(node));
      case Kind::group:
        return group(std::move(node));
      case Kind::order_by:
        return order_by(std::move(node));
      case Kind::focus:
        return focus(std::move(node));
      case Kind::position:
        return position(std::move(node));
      case Kind::name: {
        const bool keep = node->keep_array;
        auto path = path_of(std::move(node));
        path->keep_singleton = keep;
        return path;
      }
      case Kind::parent:
        return parent(std::move(node));
      case Kind::placeholder:
        return node;
      case Kind::variable:
        if (!node->text.empty() && node->text != "$") node->native = find_native(node->text);
        return node;
      default:
        return parts(std::move(node));
    }
  }

  // Nodes that stay as they are but for their parts.
  NodePtr parts(NodePtr node) {
    const bool lambda = node->kind == Kind::lambda;
    const bool call = node->kind == Kind::call || node->kind == Kind::partial;
    // The procedure of a call, the body of a function and a transform do not look for parents
    // outside.
    const bool closed = node->kind == Kind::transform;
    if (node->left) part(*node, node->left, !call && !closed);
    if (node->right) part(*node, node->right, !lambda && !closed);
    if (node->third) part(*node, node->third, !closed);
    if (!lambda) {
      for (auto& child : node->children) {
        part(*node, child, true);
        if (node->kind == Kind::block && starts_with_array(*child)) node->cons_array = true;
      }
    }
    for (auto& [name, value] : node->pairs) {
      part(*node, name, true);
      part(*node, value, true);
    }
    if (lambda) node->right = tail_calls(std::move(node->right));
    if (node->kind == Kind::apply)
      node->keep_array = node->keep_array || node->left->keep_array || node->right->keep_array;
    if (node->kind == Kind::negation && node->left->kind == Kind::number) {
      auto number = std::move(node->left);
      number->literal = -number->literal.as_double();
      return number;
    }
    return node;
  }

  void part(Node& owner, NodePtr& slot, bool pass_parents) {
    slot = prepare(std::move(slot));
    if (pass_parents) push_ancestry(owner, *slot);
  }

  static bool starts_with_array(const Node& node) {
    return node.cons_array || (node.kind == Kind::path && node.children.front()->cons_array);
  }

  NodePtr dot(NodePtr node) {
    auto path = prepare(std::move(node->left));
    if (path->kind != Kind::path) {
      auto step = std::move(path);
      const bool is_parent = step->kind == Kind::parent;
      const auto slot = step->slot;
      path = path_of(std::move(step));
      if (is_parent) path->seeking_parent = {slot};
    }
    auto rest = prepare(std::move(node->right));
    if (rest->kind == Kind::path) {
      for (auto& step : rest->children) path->children.push_back(std::move(step));
      path->keep_singleton = path->keep_singleton || rest->keep_singleton;
    } else {
      rest->stages = std::move(rest->predicates);
      path->children.push_back(std::move(rest));
    }
    for (auto& step : path->children) {
      if (step->kind == Kind::number || step->kind == Kind::constant)
        throw Problem("S0213").at(step->position).value(Value::borrow(step->literal)).error();
      if (step->kind == Kind::string) step->kind = Kind::name;
      path->keep_singleton = path->keep_singleton || step->keep_array;
    }
    for (auto* end : {path->children.front().get(), path->children.back().get()})
      end->cons_array = end->cons_array || end->kind == Kind::array;
    resolve_ancestry(*path);
    return path;
  }

  // The last step of a path, or the expression itself.
  static Node& step_of(Node& node) {
    return node.kind == Kind::path ? *node.children.back() : node;
  }

  NodePtr predicate(NodePtr node) {
    auto made = prepare(std::move(node->left));
    auto& step = step_of(*made);
    if (step.group) throw Problem("S0209").at(node->position).error();
    auto filter = prepare(std::move(node->right));
    if (!filter->seeking_parent.empty()) {
      for (auto& slot : filter->seeking_parent) {
        if (slot->level == 1)
          seek_parent(step, slot);
        else
          --slot->level;
      }
      push_ancestry(step, *filter);
    }
    Stage stage;
    stage.filter = std::move(filter);
    stage.position = node->position;
    (made->kind == Kind::path ? step.stages : step.predicates).push_back(std::move(stage));
    return made;
  }

  NodePtr group(NodePtr node) {
    auto made = prepare(std::move(node->left));
    if (made->group) throw Problem("S0210").at(node->position).error();
    made->group = std::make_unique<Group>();
    made->group->position = node->position;
    for (auto& [name, value] : node->pairs)
      made->group->pairs.emplace_back(prepare(std::move(name)), prepare(std::move(value)));
    return made;
  }

  NodePtr order_by(NodePtr node) {
    auto path = prepare(std::move(node->left));
    if (path->kind != Kind::path) path = path_of(std::move(path));
    auto sort = std::make_unique<Node>(Kind::sort, node->position);
    for (auto& term : node->terms) {
      auto expression = prepare(std::move(term.expression));
      push_ancestry(*sort, *expression);
      sort->terms.push_back({term.descending, std::move(expression)});
    }
    path->children.push_back(std::move(sort));
    resolve_ancestry(*path);
    return path;
  }

  NodePtr focus(NodePtr node) {
    auto made = prepare(std::move(node->left));
    auto& step = step_of(*made);
    if (!step.stages.empty() || !step.predicates.empty())
      throw Problem("S0215").at(node->position).error();
    if (step.kind == Kind::sort) throw Problem("S0216").at(node->position).error();
    step.keep_array = step.keep_array || node->keep_array;
    step.focus = node->right->text;
    step.tuple = true;
    return made;
  }

  NodePtr position(NodePtr node) {
    auto made = prepare(std::move(node->left));
    if (made->kind != Kind::path) {
      made->stages = std::move(made->predicates);
      made = path_of(std::move(made));
    }
    auto& step = step_of(*made);
    if (step.stages.empty()) {
      step.index = node->right->text;
    } else {
      Stage stage;
      stage.index = node->right->text;
      stage.position = node->position;
      step.stages.push_back(std::move(stage));
    }
    step.tuple = true;
    return made;
  }

  NodePtr parent(NodePtr node) {
    node->slot = std::make_shared<Slot>();
    node->slot->index = parents_.size();
    node->slot->label = "!" + std::to_string(parents_.size());
    parents_.push_back(node->slot);
    return node;
  }

  void seek_parent(Node& node, const SlotPtr& slot) {
    switch (node.kind) {
      case Kind::name:
      case Kind::wildcard:
        if (--slot->level > 0) return;
        if (node.ancestor) parents_[slot->index]->label = node.ancestor->label;
        node.ancestor = slot;
        node.tuple = true;
        return;
      case Kind::parent:
        ++slot->level;
        return;
      case Kind::block:
        if (node.children.empty()) return;
        node.tuple = true;
        return seek_parent(*node.children.back(), slot);
      case Kind::path: {
        node.tuple = true;
        auto index = node.children.size();
        do {
          seek_parent(*node.children[--index], slot);
        } while (slot->level > 0 && index > 0);
        return;
      }
      default:
        throw Problem("S0217").at(node.position).token(reference_name(node)).error();
    }
  }

  static void push_ancestry(Node& owner, const Node& part) {
    for (const auto& slot : part.seeking_parent) owner.seeking_parent.push_back(slot);
    if (part.kind == Kind::parent) owner.seeking_parent.push_back(part.slot);
  }

  // The slots that the last step of the path still looks for, among the steps before it.
  void resolve_ancestry(Node& path) {
    auto& last = *path.children.back();
    auto slots = last.seeking_parent;
    if (last.kind == Kind::parent) slots.push_back(last.slot);
    for (const auto& slot : slots) {
      auto index = static_cast<std::ptrdiff_t>(path.children.size()) - 2;
      while (slot->level > 0) {
        if (index < 0) {
          path.seeking_parent.push_back(slot);
          break;
        }
        const auto step_at = [&](std::ptrdiff_t i) -> Node& {
          return *path.children[static_cast<std::size_t>(i)];
        };
        auto* step = &step_at(index--);
        // Of contiguous steps that bind their focus only the first moves the context.
        while (index >= 0 && !step->focus.empty() && !step_at(index).focus.empty())
          step = &step_at(index--);
        seek_parent(*step, slot);
      }
    }
  }

  std::vector<SlotPtr> parents_;
};

}  // namespace

NodePtr prepare(NodePtr tree) { return Preparation().run(std::move(tree)); }

}  // namespace orch::jsonata
