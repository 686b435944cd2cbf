#include "orchestrator/jsonata/lexer.h"

#include <array>
#include <cmath>

#include "orchestrator/base/ascii.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

constexpr std::string_view blanks = " \t\n\r\v";
constexpr std::string_view operator_characters = ".[]{}(),@#;:?+-*/%|=<>^&!~";
constexpr std::array long_operators = {"..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"};

bool ends_word(char c) {
  return blanks.find(c) != blanks.npos || operator_characters.find(c) != operator_characters.npos;
}

}  // namespace

void Lexer::fail(std::string_view code, std::optional<std::string_view> token) const {
  auto problem = Problem(code).at(position_);
  throw token ? problem.token(*token).error() : problem.error();
}

Token Lexer::made(Token::Type type, std::string text) const {
  Token token;
  token.type = type;
  token.text = std::move(text);
  token.position = position_;
  return token;
}

void Lexer::skip_blanks() {
  while (position_ < source_.size()) {
    if (blanks.find(peek()) != blanks.npos) {
      ++position_;
    } else if (peek() == '/' && peek(1) == '*') {
      const auto end = source_.find("*/", position_ + 2);
      if (end == source_.npos) {
        fail("S0106");
      }
      position_ = end + 2;
    } else {
      return;
    }
  }
}

Token Lexer::next(bool after_operand) {
  skip_blanks();
  if (position_ >= source_.size()) return made(Token::Type::end, "(end)");
  const char c = peek();
  if (!after_operand && c == '/') {
    ++position_;
    return regex();
  }
  for (const std::string_view op : long_operators) {
    if (source_.substr(position_, 2) != op) continue;
    position_ += 2;
    return made(Token::Type::op, std::string(op));
  }
  if (operator_characters.find(c) != operator_characters.npos) {
    ++position_;
    return made(Token::Type::op, std::string(1, c));
  }
  if (c == '"' || c == '\'') return quoted_string(c);
  if (is_digit(c)) return number();
  if (c == '`') return quoted_name();
  return word();
}

// Ends at a slash outside all brackets with an even number of backslashes before it.
Token Lexer::regex() {
  const auto start = position_;
  int depth = 0;
  for (; position_ < source_.size(); ++position_) {
    const char c = peek();
    if (c == '/' && depth == 0) {
      auto backslashes = position_;
      while (backslashes > start && source_[backslashes - 1] == '\\') --backslashes;
      if ((position_ - backslashes) % 2 == 0) {
        auto token =
            made(Token::Type::regex, std::string(source_.substr(start, position_ - start)));
        if (token.text.empty()) fail("S0301");
        for (++position_; peek() == 'i' || peek() == 'm'; ++position_) token.flags += peek();
        token.position = position_;
        return token;
      }
    }
    const bool escaped = position_ > start && source_[position_ - 1] == '\\';
    if (!escaped && (c == '(' || c == '[' || c == '{')) ++depth;
    if (!escaped && (c == ')' || c == ']' || c == '}')) --depth;
  }
  fail("S0302");
}

Token Lexer::quoted_string(char quote) {
  ++position_;
  std::string text;
  while (position_ < source_.size()) {
    const char c = source_[position_];
    if (c == quote) {
      ++position_;
      return made(Token::Type::string, std::move(text));
    }
    ++position_;
    if (c != '\\') {
      text += c;
      continue;
    }
    std::string character;
    append_character(character, escape());
    append_text(text, character);
  }
  fail("S0101");
}

char32_t Lexer::escape() {
  const char c = peek();
  switch (c) {
    case '"':
    case '\\':
    case '/':
      ++position_;
      return static_cast<char32_t>(c);
    case 'b':
      ++position_;
      return '\b';
    case 'f':
      ++position_;
      return '\f';
    case 'n':
      ++position_;
      return '\n';
    case 'r':
      ++position_;
      return '\r';
    case 't':
      ++position_;
      return '\t';
    case 'u':
      return code_unit();
    default:
      break;
  }
  auto end = position_;
  if (end < source_.size()) next_character(source_, end);
  fail("S0103", source_.substr(position_, end - position_));
}

char32_t Lexer::code_unit() {
  char32_t unit = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    const char c = peek(i);
    unit <<= 4;
    if (is_digit(c))
      unit |= static_cast<char32_t>(c - '0');
    else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
      unit |= static_cast<char32_t>((c | 0x20) - 'a' + 10);
    else
      fail("S0104");
  }
  position_ += 5;
  return unit;
}

Token Lexer::quoted_name() {
  const auto end = source_.find('`', position_ + 1);
  if (end == source_.npos) {
    position_ = source_.size();
    fail("S0105");
  }
  const auto text = source_.substr(position_ + 1, end - position_ - 1);
  position_ = end + 1;
  return made(Token::Type::name, std::string(text));
}

Token Lexer::number() {
  const auto start = position_;
  const auto digits = [this] {
    while (is_digit(peek())) ++position_;
  };
  if (peek() == '0')
    ++position_;
  else
    digits();
  if (peek() == '.' && is_digit(peek(1))) {
    ++position_;
    digits();
  }
  if (peek() == 'e' || peek() == 'E') {
    const std::size_t sign = peek(1) == '-' || peek(1) == '+' ? 1 : 0;
    if (is_digit(peek(1 + sign))) {
      position_ += 1 + sign;
      digits();
    }
  }
  auto token = made(Token::Type::number, std::string(source_.substr(start, position_ - start)));
  token.number = read_number(token.text).value_or(0);
  if (!std::isfinite(token.number)) {
    position_ = start;
    fail("S0102", token.text);
  }
  return token;
}

Token Lexer::word() {
  const auto start = position_;
  while (position_ < source_.size() && !ends_word(peek())) ++position_;
  auto text = std::string(source_.substr(start, position_ - start));
  if (text.starts_with('$')) return made(Token::Type::variable, text.substr(1));
  if (text == "and" || text == "or" || text == "in") return made(Token::Type::op, std::move(text));
  if (text == "true" || text == "false" || text == "null")
    return made(Token::Type::constant, std::move(text));
  return made(Token::Type::name, std::move(text));
}

}  // namespace orch::jsonata
