#include "orchestrator/asl/payload_template.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/asl/intrinsic.h"
#include "orchestrator/asl/path.h"
#include "orchestrator/asl/random.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

struct Node;

struct ObjectNode {
  std::vector<std::pair<std::string, Node>> members;
};
struct ArrayNode {
  std::vector<Node> items;
};
struct PathNode {
  Path path;
  std::string field;  ///< the key with its ".$"
};
struct IntrinsicNode {
  Intrinsic intrinsic;
  std::uint64_t number;  ///< of this call within the template
};

/// A value without computed parts is one bj::value, however large.
struct Node {
  std::variant<bj::value, ObjectNode, ArrayNode, PathNode, IntrinsicNode, Expression> content;
};

bool computed(std::string_view key) { return key.ends_with(".$"); }

bool is_literal(const Node& node) { return std::holds_alternative<bj::value>(node.content); }

std::string member_step(std::string_view key) {
  std::string out = "/";
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

class Compiler {
 public:
  Compiler() = default;
  /// JSONata; `field` is the template's name.
  explicit Compiler(const std::string& field) : field_(&field) {}

  Node compile(const bj::value& source, std::size_t depth) {
    if (depth > json::max_depth)
      fail(fmt::format("the template nests deeper than {}", json::max_depth));
    if (const auto* object = source.if_object()) return compile_object(*object, source, depth);
    if (const auto* array = source.if_array()) return compile_array(*array, source, depth);
    const auto* text = field_ ? source.if_string() : nullptr;
    if (!text || !Expression::is_one({text->data(), text->size()})) return {source};
    try {
      return {Expression::compile({text->data(), text->size()}, *field_ + pointer_)};
    } catch (const SyntaxProblem& problem) {
      fail(problem.what());
    }
  }

 private:
  /// Goes down by `step` for as long as `f` runs, so that problems know their place.
  template <class F>
  auto at(std::string_view step, F f) {
    const auto length = pointer_.size();
    pointer_.append(step);
    auto result = f();
    pointer_.resize(length);
    return result;
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw SyntaxProblem(pointer_.empty() ? message : message + " at " + pointer_);
  }

  Node compile_object(const bj::object& object, const bj::value& source, std::size_t depth) {
    ObjectNode node;
    node.members.reserve(object.size());
    for (const auto& entry : object) {
      const std::string key(entry.key());
      if (field_ || !computed(key)) {
        node.members.emplace_back(
            key, at(member_step(key), [&] { return compile(entry.value(), depth + 1); }));
        continue;
      }
      const auto name = key.substr(0, key.size() - 2);
      if (object.contains(name))
        fail(fmt::format("\"{}\" and \"{}\" would become the same field", name, key));
      node.members.emplace_back(
          name, at(member_step(key), [&] { return compile_expression(key, entry.value()); }));
    }
    const bool literal = std::all_of(node.members.begin(), node.members.end(),
                                     [](const auto& member) { return is_literal(member.second); });
    if (literal) return {source};
    return {std::move(node)};
  }

  Node compile_array(const bj::array& array, const bj::value& source, std::size_t depth) {
    ArrayNode node;
    node.items.reserve(array.size());
    // JSONata's failures are told in the service's spelling of places.
    const auto item_step = [&] {
      const auto index = std::to_string(node.items.size());
      return field_ ? "[" + index + "]" : "/" + index;
    };
    for (const auto& item : array)
      node.items.push_back(at(item_step(), [&] { return compile(item, depth + 1); }));
    if (std::all_of(node.items.begin(), node.items.end(), is_literal)) return {source};
    return {std::move(node)};
  }

  Node compile_expression(const std::string& key, const bj::value& value) {
    const auto* text = value.if_string();
    if (text == nullptr)
      fail(
          fmt::format("the value of \"{}\" must be text, a JSONPath or an intrinsic function call; "
                      "found {}",
                      key, json::write(value)));
    const std::string_view expression(text->data(), text->size());
    try {
      if (expression.starts_with('$')) return {PathNode{Path::compile(expression), key}};
      return {IntrinsicNode{Intrinsic::compile(expression), ++calls_}};
    } catch (const SyntaxProblem& problem) {
      fail(problem.what());
    }
  }

  const std::string* field_ = nullptr;
  std::string pointer_;
  std::uint64_t calls_ = 0;
};

struct Evaluation {
  const Scope& scope;

  bj::value operator()(const bj::value& literal) const { return literal; }
  bj::value operator()(const PathNode& node) const {
    if (node.path.definite())
      if (const auto* place = node.path.find(scope)) return *place;
    return node.path.evaluate_field(scope, node.field);
  }
  bj::value operator()(const IntrinsicNode& node) const {
    return node.intrinsic.evaluate(scope, derive_seed(scope.seed, node.number));
  }
  bj::value operator()(const ArrayNode& node) const {
    bj::array items;
    items.reserve(node.items.size());
    for (const auto& item : node.items) items.push_back(std::visit(*this, item.content));
    return items;
  }
  bj::value operator()(const ObjectNode& node) const {
    bj::object object;
    object.reserve(node.members.size());
    for (const auto& [key, member] : node.members)
      object.emplace(key, std::visit(*this, member.content));
    return object;
  }
  bj::value operator()(const Expression& expression) const { return expression.evaluate(scope); }
};

struct Collection {
  std::set<std::string>& names;

  void operator()(const bj::value&) const {}
  void operator()(const PathNode& node) const {
    if (!node.path.variable().empty()) names.emplace(node.path.variable());
  }
  void operator()(const IntrinsicNode& node) const { node.intrinsic.collect_variables(names); }
  void operator()(const ArrayNode& node) const {
    for (const auto& item : node.items) std::visit(*this, item.content);
  }
  void operator()(const ObjectNode& node) const {
    for (const auto& [key, member] : node.members) std::visit(*this, member.content);
  }
  void operator()(const Expression& expression) const {
    names.insert(expression.variables().begin(), expression.variables().end());
  }
};

}  // namespace

struct PayloadTemplate::Compiled {
  Node root;
};

PayloadTemplate PayloadTemplate::compile(const bj::value& source) {
  PayloadTemplate result;
  result.compiled_ = std::make_shared<const Compiled>(Compiled{Compiler().compile(source, 0)});
  return result;
}

PayloadTemplate PayloadTemplate::compile_jsonata(const bj::value& source,
                                                 const std::string& field) {
  PayloadTemplate result;
  result.compiled_ = std::make_shared<const Compiled>(Compiled{Compiler(field).compile(source, 0)});
  return result;
}

bj::value PayloadTemplate::evaluate(const Scope& scope) const {
  return std::visit(Evaluation{scope}, compiled_->root.content);
}

void PayloadTemplate::collect_variables(std::set<std::string>& names) const {
  std::visit(Collection{names}, compiled_->root.content);
}

std::set<std::string> PayloadTemplate::keys() const {
  std::set<std::string> names;
  const auto& content = compiled_->root.content;
  if (const auto* node = std::get_if<ObjectNode>(&content)) {
    for (const auto& [key, member] : node->members) names.insert(key);
  } else if (const auto* literal = std::get_if<bj::value>(&content)) {
    if (const auto* object = literal->if_object())
      for (const auto& [key, member] : *object) names.emplace(key);
  }
  return names;
}

const Expression* PayloadTemplate::expression() const {
  return std::get_if<Expression>(&compiled_->root.content);
}

}  // namespace orch::asl
