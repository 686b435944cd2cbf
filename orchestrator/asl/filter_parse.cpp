// The grammar of a filter, inside [?( … )]:
//
//   any_of     = all_of { "||" all_of }
//   all_of     = condition { "&&" condition }
//   condition  = "!" condition | "(" any_of ")" | comparison
//   comparison = operand [ operator operand ]     a path alone asks whether it exists
//   operand    = path | 'text' | "text" | number | true | false | null | JSON array or object |
//                word | /regex/flags
//   word       = letters, digits and _ + - . : / without quotes: text
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/asl/path_parser.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
using Operator = FilterNode::Operator;

struct Spelling {
  std::string_view text;
  Operator op;
};

// A longer sign stands before one that starts it.
constexpr std::array signs = {
    Spelling{"===", Operator::same},      Spelling{"!==", Operator::not_same},
    Spelling{"==", Operator::equal},      Spelling{"!=", Operator::not_equal},
    Spelling{"<=", Operator::less_equal}, Spelling{">=", Operator::greater_equal},
    Spelling{"=~", Operator::matches},    Spelling{"<", Operator::less},
    Spelling{">", Operator::greater},
};
constexpr std::array words = {
    Spelling{"in", Operator::in},
    Spelling{"nin", Operator::not_in},
    Spelling{"contains", Operator::contains},
    Spelling{"all", Operator::all},
    Spelling{"anyof", Operator::any_of},
    Spelling{"noneof", Operator::none_of},
    Spelling{"subsetof", Operator::subset_of},
    Spelling{"size", Operator::size},
    Spelling{"empty", Operator::empty},
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// What a literal without quotes is made of.
bool is_word(char c) {
  return is_letter(c) || (c & 0x80) != 0 ||
         std::string_view("0123456789+-._:/").find(c) != std::string_view::npos;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_path(const Operand& operand) {
  return std::holds_alternative<std::shared_ptr<const PathProgram>>(operand);
}

FilterNode joined(FilterNode::Kind kind, std::vector<FilterNode> operands) {
  if (operands.size() == 1) return std::move(operands.front());
  FilterNode node;
  node.kind = kind;
  node.operands = std::move(operands);
  return node;
}

}  // namespace

FilterNode PathParser::any_of() {
  std::vector<FilterNode> operands;
  do {
    operands.push_back(all_of());
    skip_blanks();
  } while (take("||"));
  return joined(FilterNode::Kind::any_of, std::move(operands));
}

FilterNode PathParser::all_of() {
  std::vector<FilterNode> operands;
  do {
    operands.push_back(condition());
    skip_blanks();
  } while (take("&&"));
  return joined(FilterNode::Kind::all_of, std::move(operands));
}

FilterNode PathParser::condition() {
  skip_blanks();
  if (peek() != '!' && peek() != '(') return comparison();
  if (filter_depth_ >= max_filter_depth)
    fail(fmt::format("filters nest deeper than {}", max_filter_depth));
  ++filter_depth_;
  FilterNode node;
  if (take('!')) {
    node.kind = FilterNode::Kind::negation;
    node.operands.push_back(condition());
  } else {
    expect('(');
    node = any_of();
    skip_blanks();
    expect(')');
  }
  --filter_depth_;
  return node;
}

FilterNode PathParser::comparison() {
  FilterNode node;
  node.left = operand();
  skip_blanks();
  if (peek() == ')' || peek() == '&' || peek() == '|') {
    if (!is_path(node.left)) fail("a value alone is no condition: expected an operator");
    node.kind = FilterNode::Kind::exists;
    return node;
  }
  node.op = comparison_operator();
  skip_blanks();
  node.right = operand();
  const bool regex =
      std::holds_alternative<Regex>(node.left) != std::holds_alternative<Regex>(node.right);
  if (regex != (node.op == Operator::matches)) fail("=~ compares with one /regular expression/");
  return node;
}

FilterNode::Operator PathParser::comparison_operator() {
  for (const auto& [text, op] : signs)
    if (take(text)) return op;
  std::string word;
  while (is_letter(peek())) word += lower(text_[position_++]);
  const auto* const known = std::find_if(words.begin(), words.end(),
                                         [&](const auto& entry) { return word == entry.text; });
  if (known == words.end()) fail("expected an operator such as ==, <, =~ or in");
  return known->op;
}

Operand PathParser::operand() {
  skip_blanks();
  if (peek() == '$' || peek() == '@') return path();
  if (peek() == '/') return regex();
  return literal(true);
}

Regex PathParser::regex() {
  expect('/');
  std::string pattern;
  while (!at_end() && peek() != '/') {
    if (peek() == '\\' && text_.substr(position_, 2) != "\\/")
      pattern += text_[position_++];
    else if (peek() == '\\')
      ++position_;
    if (!at_end()) pattern += text_[position_++];
  }
  expect('/');
  const auto start = position_;
  while (is_letter(peek())) ++position_;
  return Regex::compile(pattern, text_.substr(start, position_ - start));
}

bj::value PathParser::literal(bool words) {
  if (peek() == '\'' || peek() == '"') return bj::value(bj::string(quoted()));
  if (peek() == '[' || peek() == '{') return json_literal();
  const auto start = position_;
  while (!at_end() && is_word(peek())) ++position_;
  const auto word = text_.substr(start, position_ - start);
  if (word.empty()) fail("expected a path, text in quotes, a number, true, false, null or JSON");
  try {
    return json::parse(word);
  } catch (const json::SyntaxError&) {
    if (words) return bj::value(bj::string(word));
    position_ = start;
    fail("expected a path, text in quotes, a number, true, false, null or JSON");
  }
}

bj::value PathParser::json_literal() {
  const auto start = position_;
  int depth = 0;
  char quote = '\0';
  std::string json;  // with single quotes, which Jayway accepts, made double ones
  do {
    const char c = text_[position_++];
    if (quote != '\0' && c == '\\' && !at_end()) {
      const char escaped = text_[position_++];
      if (escaped != '\'') json += '\\';
      json += escaped;
      continue;
    }
    if (quote == '\0' && (c == '[' || c == '{')) ++depth;
    if (quote == '\0' && (c == ']' || c == '}')) --depth;
    const bool delimiter = quote == '\0' ? c == '\'' || c == '"' : c == quote;
    if (delimiter) quote = quote == '\0' ? c : '\0';
    if (!delimiter && c == '"') json += '\\';
    json += delimiter ? '"' : c;
  } while (depth > 0 && !at_end());
  try {
    return json::parse(json);
  } catch (const json::SyntaxError& problem) {
    position_ = start;
    fail(fmt::format("expected JSON ({})", problem.what()));
  }
}

}  // namespace orch::asl
