// Regular expressions of JSONPath filters. The only user of PCRE2 in this module.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace orch::asl {

/// A compiled pattern. Copies share the compilation.
class Regex {
 public:
  /// `flags` are the letters after the closing slash: i (ignore case), m (^ and $ at lines), s (dot
  /// matches newlines), x (spaces and comments), u (Unicode classes). Throws SyntaxProblem.
  static Regex compile(std::string_view pattern, std::string_view flags);

  /// Whether the whole of `text` matches, as Java's matches(). Takes from `budget` what it cost, in
  /// places of a document visited. Throws EvaluationError (States.Runtime) when the pattern needs
  /// too many steps for this text, or the budget does not suffice.
  bool matches(std::string_view text, std::uint64_t& budget) const;

 private:
  struct Compiled;

  int match(std::string_view text, std::uint32_t most_steps) const;

  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace orch::asl
