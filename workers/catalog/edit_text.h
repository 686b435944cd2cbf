// Changes of a catalog's text that leave everything else as its author wrote it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orch::catalog {

/// What is to be done with the elements of "tables"; numbers are those of the text as it is.
struct TextEdits {
  /// A member of an element: set, or added at its end. `value` is JSON.
  struct Member {
    std::size_t element;
    std::string name;
    std::string value;
  };
  std::vector<std::size_t> removed;
  std::vector<Member> members;
  std::vector<std::string> added;  ///< JSON of new elements, at the end
};

/// `text`, a valid catalog, with the edits; new lines are indented like their neighbours.
std::string edit_tables(std::string_view text, const TextEdits& edits);

/// The lines that differ, as "-old" and "+new"; empty: none, or too many to compare.
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace orch::catalog
