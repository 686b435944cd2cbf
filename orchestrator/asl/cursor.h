// A place in the text of an expression: what the parsers of paths and intrinsics share. Private to
// this module.
#pragma once

#include <string>
#include <string_view>

namespace orch::asl {

class Cursor {
 public:
  /// `kind` completes "… is not a valid …" in messages.
  Cursor(std::string_view text, std::string_view kind) : text_(text), kind_(kind) {}

  bool at_end() const { return position_ >= text_.size(); }
  /// Throws SyntaxProblem: what was expected, where, and what is there.
  [[noreturn]] void fail(const std::string& expected) const;

 protected:
  /// NUL at the end.
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  bool take(char c);
  bool take(std::string_view word);
  void expect(char c);
  void skip_blanks();

  std::string_view text_;
  std::size_t position_ = 0;

 private:
  std::string_view kind_;
};

/// `text` for a message: cut when it is long.
std::string excerpt(std::string_view text);

}  // namespace orch::asl
