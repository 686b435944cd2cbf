// Text to tokens. Internal to the module.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/jsonata/errors.h"

namespace orch::jsonata {

struct Token {
  enum class Type : std::uint8_t { end, name, variable, op, string, number, constant, regex };
  Type type = Type::end;
  std::string text;   ///< as written; of a string its value, of a regex its pattern
  std::string flags;  ///< of a regex
  double number = 0;
  std::size_t position = 0;  ///< behind the token

  bool is(std::string_view op) const { return type == Type::op && text == op; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  /// `after_operand`: a slash divides; else it begins a regular expression. Throws Error.
  Token next(bool after_operand);

 private:
  void skip_blanks();
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < source_.size() ? source_[position_ + ahead] : '\0';
  }
  Token made(Token::Type type, std::string text) const;
  Token regex();
  Token quoted_string(char quote);
  char32_t escape();
  char32_t code_unit();
  Token quoted_name();
  Token number();
  Token word();
  [[noreturn]] void fail(std::string_view code, std::optional<std::string_view> token = {}) const;

  std::string_view source_;
  std::size_t position_ = 0;
};

}  // namespace orch::jsonata
