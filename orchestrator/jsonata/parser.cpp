// Operator precedence parsing, after Pratt: a token knows how to begin an expression (prefix) or
// how to continue one (infix).
#include "orchestrator/jsonata/parser.h"

#include <algorithm>
#include <array>

#include "orchestrator/jsonata/lexer.h"
#include "orchestrator/jsonata/regex.h"
#include "orchestrator/jsonata/signature.h"

namespace orch::jsonata {
namespace {

// Walks of the tree recurse, so both ways of making it deep are bounded: brackets in
// brackets, and operators in a row, which nest to the left.
constexpr int deepest = 500;
constexpr int tallest = 1'000;

struct Binding {
  std::string_view op;
  int power;
  Operator meaning = Operator::none;
};

constexpr std::array bindings = {
    Binding{".", 75},
    Binding{"[", 80},
    Binding{"{", 70},
    Binding{"(", 80},
    Binding{"@", 80},
    Binding{"#", 80},
    Binding{"?", 20},
    Binding{"?:", 40},
    Binding{"??", 40},
    Binding{"^", 40},
    Binding{":=", 10},
    Binding{"~>", 40},
    Binding{"+", 50, Operator::add},
    Binding{"-", 50, Operator::subtract},
    Binding{"*", 60, Operator::multiply},
    Binding{"/", 60, Operator::divide},
    Binding{"%", 60, Operator::remainder},
    Binding{"=", 40, Operator::equal},
    Binding{"!=", 40, Operator::not_equal},
    Binding{"<", 40, Operator::less},
    Binding{"<=", 40, Operator::less_equal},
    Binding{">", 40, Operator::greater},
    Binding{">=", 40, Operator::greater_equal},
    Binding{"and", 30, Operator::logical_and},
    Binding{"or", 25, Operator::logical_or},
    Binding{"in", 40, Operator::in},
    Binding{"&", 50, Operator::concatenate},
};

const Binding* binding_of(const Token& token) {
  if (token.type != Token::Type::op) return nullptr;
  for (const auto& binding : bindings) {
    if (binding.op == token.text) return &binding;
  }
  return nullptr;
}

NodePtr make(Kind kind, const Token& token) {
  auto node = std::make_unique<Node>(kind, token.position);
  node->text = token.text;
  return node;
}

/// What the reference calls the value of a token.
boost::json::value value_of(const Token& token) {
  if (token.type == Token::Type::number) return token.number;
  if (token.type == Token::Type::regex) return boost::json::object();
  if (token.type != Token::Type::constant) return boost::json::string(token.text);
  if (token.text == "null") return nullptr;
  return token.text == "true";
}

/// The same of the token that a node was made of.
boost::json::value value_of(const Node& node) {
  if (node.kind == Kind::number || node.kind == Kind::constant) return node.literal;
  if (node.kind == Kind::regex) return boost::json::object();
  return boost::json::string(node.text);
}

/// A problem with a token.
Problem about(const Token& token, std::string_view code) {
  Problem problem(code);
  problem.at(token.position);
  return problem.token_value(value_of(token));
}

class Parser {
 public:
  explicit Parser(std::string_view source) : lexer_(source) {}

  NodePtr parse() {
    advance(false);
    auto tree = expression(0);
    if (current_.type != Token::Type::end) throw about(current_, "S0201").error();
    return tree;
  }

 private:
  void advance(bool after_operand) {
    current_ = lexer_.next(after_operand);
    if (current_.type == Token::Type::op && current_.text == "!")
      throw Problem("S0204").at(current_.position).token("!").error();
    if (current_.type == Token::Type::op && current_.text == "~")
      throw Problem("S0204").at(current_.position).token("~").error();
  }
  void expect(std::string_view op, bool after_operand = false) {
    if (!current_.is(op)) {
      const bool end = current_.type == Token::Type::end;
      throw about(current_, end ? "S0203" : "S0202").value(Value::text(std::string(op))).error();
    }
    advance(after_operand);
  }

  NodePtr expression(int power) {
    if (++depth_ > deepest) throw Problem("D1011").at(current_.position).error();
    auto token = std::move(current_);
    advance(true);
    const int around = std::exchange(height_, 0);
    auto left = prefix(std::move(token));
    int height = height_ + 1;
    while (const auto* binding = binding_of(current_)) {
      if (power >= binding->power) break;
      token = std::move(current_);
      advance(false);
      height_ = 0;
      left = infix(*binding, token, std::move(left));
      height = std::max(height, height_) + 1;
      if (height > tallest) throw Problem("D1011").at(token.position).error();
    }
    height_ = std::max(around, height);
    --depth_;
    return left;
  }

  NodePtr prefix(Token token) {
    switch (token.type) {
      case Token::Type::end:
        return make(Kind::end, token);
      case Token::Type::name:
        return make(Kind::name, token);
      case Token::Type::variable:
        return make(Kind::variable, token);
      case Token::Type::string: {
        auto node = make(Kind::string, token);
        node->literal = token.text;
        return node;
      }
      case Token::Type::number: {
        auto node = make(Kind::number, token);
        node->literal = token.number;
        return node;
      }
      case Token::Type::constant: {
        auto node = make(Kind::constant, token);
        if (token.text != "null") node->literal = token.text == "true";
        return node;
      }
      case Token::Type::regex: {
        auto node = make(Kind::regex, token);
        node->regex = Regex::compile(token.text, token.flags, token.position);
        return node;
      }
      case Token::Type::op:
        return prefix_operator(token);
    }
    return nullptr;
  }

  NodePtr prefix_operator(const Token& token) {
    if (token.text == "and" || token.text == "or" || token.text == "in")
      return make(Kind::name, token);
    if (token.text == "*") return make(Kind::wildcard, token);
    if (token.text == "**") return make(Kind::descendant, token);
    if (token.text == "%") return make(Kind::parent, token);
    if (token.text == "-") {
      auto node = make(Kind::negation, token);
      node->left = expression(70);
      return node;
    }
    if (token.text == "(") return block(token);
    if (token.text == "[") return array(token);
    if (token.text == "{") {
      auto node = make(Kind::object, token);
      node->pairs = pairs();
      return node;
    }
    if (token.text == "|") return transform(token);
    throw Problem("S0211").at(token.position).token(token.text).error();
  }

  NodePtr block(const Token& token) {
    auto node = make(Kind::block, token);
    while (!current_.is(")")) {
      node->children.push_back(expression(0));
      if (!current_.is(";")) break;
      advance(false);
    }
    expect(")", true);
    return node;
  }

  NodePtr array(const Token& token) {
    auto node = make(Kind::array, token);
    if (!current_.is("]")) {
      while (true) {
        node->children.push_back(item());
        if (!current_.is(",")) break;
        advance(false);
      }
    }
    expect("]", true);
    return node;
  }

  NodePtr item() {
    auto first = expression(0);
    if (!current_.is("..")) return first;
    auto range = make(Kind::binary, current_);
    range->op = Operator::range;
    advance(false);
    range->left = std::move(first);
    range->right = expression(0);
    return range;
  }

  std::vector<std::pair<NodePtr, NodePtr>> pairs() {
    std::vector<std::pair<NodePtr, NodePtr>> made;
    if (!current_.is("}")) {
      while (true) {
        auto name = expression(0);
        expect(":");
        made.emplace_back(std::move(name), expression(0));
        if (!current_.is(",")) break;
        advance(false);
      }
    }
    expect("}", true);
    return made;
  }

  NodePtr transform(const Token& token) {
    auto node = make(Kind::transform, token);
    // The bars would be taken for operators of nothing; none binds, so each part ends at one.
    node->left = expression(0);
    expect("|");
    node->right = expression(0);
    if (current_.is(",")) {
      advance(false);
      node->third = expression(0);
    }
    expect("|");
    return node;
  }

  NodePtr infix(const Binding& binding, const Token& token, NodePtr left) {
    if (binding.meaning != Operator::none) {
      auto node = make(Kind::binary, token);
      node->op = binding.meaning;
      node->left = std::move(left);
      node->right = expression(binding.power);
      return node;
    }
    if (token.text == ".") return two_sided(Kind::dot, token, std::move(left), binding.power);
    if (token.text == "~>") return two_sided(Kind::apply, token, std::move(left), binding.power);
    if (token.text == "[") return predicate(token, std::move(left));
    if (token.text == "(") return call(token, std::move(left));
    if (token.text == "{") {
      auto node = make(Kind::group, token);
      node->left = std::move(left);
      node->pairs = pairs();
      return node;
    }
    if (token.text == "^") return order_by(token, std::move(left));
    if (token.text == ":=") return bind(token, std::move(left));
    if (token.text == "@") return variable_after(Kind::focus, token, std::move(left));
    if (token.text == "#") return variable_after(Kind::position, token, std::move(left));
    return condition(token, std::move(left));
  }

  NodePtr two_sided(Kind kind, const Token& token, NodePtr left, int power) {
    auto node = make(kind, token);
    node->left = std::move(left);
    node->right = expression(power);
    return node;
  }

  NodePtr predicate(const Token& token, NodePtr left) {
    if (current_.is("]")) {
      // `[]` keeps an array of one: the mark belongs to the step before all predicates.
      auto* step = left.get();
      while (step->kind == Kind::predicate) step = step->left.get();
      step->keep_array = true;
      advance(false);
      return left;
    }
    auto node = make(Kind::predicate, token);
    node->left = std::move(left);
    node->right = expression(0);
    expect("]", true);
    return node;
  }

  NodePtr order_by(const Token& token, NodePtr left) {
    auto node = make(Kind::order_by, token);
    node->left = std::move(left);
    expect("(");
    while (true) {
      SortTerm term;
      if (current_.is("<") || current_.is(">")) {
        term.descending = current_.is(">");
        advance(false);
      }
      term.expression = expression(0);
      node->terms.push_back(std::move(term));
      if (!current_.is(",")) break;
      advance(false);
    }
    expect(")");
    return node;
  }

  NodePtr bind(const Token& token, NodePtr left) {
    if (left->kind != Kind::variable)
      throw Problem("S0212").at(left->position).token_value(value_of(*left)).error();
    auto node = make(Kind::bind, token);
    node->left = std::move(left);
    node->right = expression(9);  // from the right: $a := $b := 1
    return node;
  }

  NodePtr variable_after(Kind kind, const Token& token, NodePtr left) {
    auto node = make(kind, token);
    node->left = std::move(left);
    node->right = expression(80);
    if (node->right->kind != Kind::variable)
      throw Problem("S0214").at(node->right->position).token(token.text).error();
    return node;
  }

  // `a ? b : c`, `a ?: b`, `a ?? b`. The latter two name `a` twice.
  NodePtr condition(const Token& token, NodePtr left) {
    auto node = make(Kind::condition, token);
    if (token.text == "?") {
      node->left = std::move(left);
      node->right = expression(0);
      if (current_.is(":")) {
        advance(false);
        node->third = expression(0);
      }
      return node;
    }
    node->op = token.text == "??" ? Operator::in : Operator::logical_or;
    node->left = std::move(left);
    node->third = expression(0);
    return node;
  }

  NodePtr call(const Token& token, NodePtr left) {
    auto node = make(Kind::call, token);
    if (!current_.is(")")) {
      while (true) {
        if (current_.is("?")) {
          node->kind = Kind::partial;
          node->children.push_back(make(Kind::placeholder, current_));
          advance(false);
        } else {
          node->children.push_back(expression(0));
        }
        if (!current_.is(",")) break;
        advance(false);
      }
    }
    expect(")", true);
    if (left->kind == Kind::name && (left->text == "function" || left->text == "\xCE\xBB"))
      return lambda(std::move(node));
    node->left = std::move(left);
    return node;
  }

  NodePtr lambda(NodePtr node) {
    for (std::size_t i = 0; i < node->children.size(); ++i) {
      const auto& parameter = *node->children[i];
      if (parameter.kind != Kind::variable)
        throw Problem("S0208")
            .at(parameter.position)
            .token_value(value_of(parameter))
            .value(Value(static_cast<double>(i + 1)))
            .error();
    }
    node->kind = Kind::lambda;
    if (current_.is("<")) node->signature = signature();
    expect("{");
    node->right = expression(0);
    expect("}");
    return node;
  }

  // The lexer cuts it into operators and names; their texts together are the signature.
  std::shared_ptr<const Signature> signature() {
    const auto position = current_.position;
    std::string text = "<";
    int depth = 1;
    while (depth > 0 && !current_.is("{") && current_.type != Token::Type::end) {
      advance(false);
      if (current_.is(">")) --depth;
      if (current_.is("<")) ++depth;
      text += current_.text;
    }
    expect(">");
    return std::make_shared<const Signature>(Signature::parse(text, position));
  }

  Lexer lexer_;
  Token current_;
  int depth_ = 0;   ///< of the expression that is being read
  int height_ = 0;  ///< of the tallest tree that was read inside it
};

}  // namespace

NodePtr parse_text(std::string_view source) { return Parser(source).parse(); }

}  // namespace orch::jsonata
