// The matches of a regular expression, or of a function that acts like one. Internal to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/jsonata/evaluator.h"

namespace orch::jsonata {

struct FoundMatch {
  std::string text;
  double start = 0;  ///< UTF-16 units
  double end = 0;
  std::size_t start_byte = 0;
  std::size_t end_byte = 0;
  std::vector<std::optional<std::string>> groups;

  /// As a function that computes a replacement gets it.
  Value object() const;
};

/// One match after the other.
class Matches {
 public:
  /// `text` must outlive this.
  Matches(Evaluator& evaluator, Value matcher, std::string_view text)
      : evaluator_(evaluator), matcher_(std::move(matcher)), text_(text) {}

  /// Throws Error D1004 for an empty match behind the first, T1010 for a function that gives
  /// something else than a match.
  std::optional<FoundMatch> next();

 private:
  std::optional<FoundMatch> next_of_regex();

  Evaluator& evaluator_;
  Value matcher_;
  std::string_view text_;
  std::size_t at_ = 0;
  double units_ = 0;  ///< before at_
  bool first_ = true;
};

}  // namespace orch::jsonata
