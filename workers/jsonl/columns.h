// What the members of a file's objects are as columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workers/data/file_options.h"
#include "workers/data/row.h"
#include "workers/files/store.h"
#include "workers/files/values.h"
#include "workers/jsonl/lines.h"
#include "workers/jsonl/members.h"
#include "workers/worker.h"

namespace orch::jsonl {

struct Contents {
  std::vector<data::Column> columns;
  std::int64_t rows = 0;
};

/// Reads all rows but those that the relation's rules set aside. Columns that these pin have the
/// pinned kind. Throws TaskFailed "Source.Malformed" for a member whose values are of more than one
/// sort (booleans, numbers, texts, objects and arrays) and not pinned, naming a line of each.
Contents contents_of(const files::Store& store, const std::vector<files::FileState>& files,
                     const data::FileOptions& rules);

/// Reads values of one member as cells of a column. One thread at a time.
class Value {
 public:
  /// `rules` may pin the column.
  Value(data::Column column, const data::FileOptions& rules);

  const data::Column& column() const { return column_; }
  /// Its bytes live until the next call, or as long as the line. Throws TaskFailed
  /// "Source.Malformed" when the value is none of the column's kind.
  data::Cell read(const Lines& line, std::string_view json);
  /// A text that is no JSON, as folders have them; unset when it is none of the column's kind.
  std::optional<data::Cell> read_text(const std::string& text);

 private:
  std::optional<data::Cell> pinned(const Lines& line, std::string_view json);

  data::Column column_;
  std::optional<files::ValueReader> texts_;    ///< of a pinned column: for strings
  std::optional<files::ValueReader> numbers_;  ///< for numbers and booleans, as JSON spells them
  std::string scratch_;
};

/// Splits lines into members, and says of each line whether the rules take it for a row.
class Records {
 public:
  explicit Records(const data::FileOptions& rules);

  const std::vector<Member>& members() const { return members_; }
  /// Takes the line apart, and looks at the values of pinned columns. What is wrong with it; unset
  /// when it is a row.
  std::optional<workers::TaskFailed> take(const Lines& line);

 private:
  std::vector<Member> members_;
  std::vector<Value> pinned_;
};

/// A column that folders give: text, unless the rules pin it.
data::Column partition_column(const std::string& name, const data::FileOptions& rules);

/// True when the rules set rows aside instead of refusing their file.
bool sets_aside(const data::FileOptions& rules);

}  // namespace orch::jsonl
