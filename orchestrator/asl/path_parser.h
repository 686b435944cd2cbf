// Text to PathProgram. Private to this module; path_parse.cpp reads paths, filter_parse.cpp
// filters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "orchestrator/asl/cursor.h"
#include "orchestrator/asl/path_program.h"

namespace orch::asl {

/// Reads `text` from its start; all members throw SyntaxProblem with the place in it.
class PathParser : public Cursor {
 public:
  explicit PathParser(std::string_view text) : Cursor(text, "JSONPath") {}

  std::shared_ptr<const PathProgram> path();

 private:
  bool next(PathProgram& program);
  std::string variable();
  std::string name();
  Step bracket();
  Step from_end();
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
  /// `words`: text without quotes too.
  boost::json::value literal(bool words);
  boost::json::value json_literal();

  int filter_depth_ = 0;
};

}  // namespace orch::asl
