// What the texts of columns are: found by reading them all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workers/data/file_options.h"
#include "workers/files/values.h"

namespace orch::files {

/// One thing that a column of texts could be.
struct Reading {
  data::Kind kind;
  data::FileFormat format = {};  ///< decimal comma, pattern of dates or timestamps
};

/// The texts of one column, NULLs left out.
class TextSurvey {
 public:
  TextSurvey();

  void take(std::string_view text, std::string_view file, std::int64_t line);
  std::int64_t values() const { return values_; }

  struct Candidate {
    Reading reading;
    ValueReader reader;
    std::int64_t misses = 0;
    std::vector<std::string> examples = {};  ///< the first misses: "a.csv line 17"
    bool given_up = false;                   ///< misses are no longer counted
  };
  const std::vector<Candidate>& candidates() const { return candidates_; }

 private:
  std::vector<Candidate> candidates_;
  std::int64_t values_ = 0;
};

/// Format and types that hold for all values of all columns, and what they rest on.
struct Inferred {
  data::FileFormat format;  ///< decimal comma and patterns
  std::vector<std::pair<std::string, data::Kind>> types;
  /// For people: columns where few values are none of a type, or where days and months cannot be
  /// told apart.
  std::vector<std::string> notes;
};

/// `names[i]` is the column of `columns[i]`. Only texts that come back as they were are numbers: a
/// leading zero or a plus makes a text.
Inferred infer(const std::vector<std::string>& names, const std::vector<TextSurvey>& columns);

}  // namespace orch::files
