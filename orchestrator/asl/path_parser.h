// Text to PathProgram. Private to this module; path_parse.cpp reads paths, filter_parse.cpp
// filters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "orchestrator/asl/path_program.h"

namespace orch::asl {

/// Reads `text` from its start; all members throw SyntaxProblem with the place in it.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  std::shared_ptr<const PathProgram> path();
  bool at_end() const { return position_ >= text_.size(); }
  [[noreturn]] void fail(const std::string& expected) const;

 private:
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  bool take(char c);
  bool take(std::string_view word);
  void expect(char c);
  void skip_blanks();

  bool next(PathProgram& program);
  std::string name();
  Step bracket();
  Step names();
  Step numbers();
  Step filter();
  Call call(std::string word);
  std::int64_t integer();
  std::string quoted();
  void escape(std::string& out);
  std::uint32_t code_unit();
  std::uint32_t code_point();

  FilterNode any_of();
  FilterNode all_of();
  FilterNode condition();
  FilterNode comparison();
  FilterNode::Operator comparison_operator();
  Operand operand();
  Regex regex();
  boost::json::value literal();
  boost::json::value json_literal();

  std::string_view text_;
  std::size_t position_ = 0;
  int filter_depth_ = 0;
};

}  // namespace orch::asl
