// A table of CSV files as one read sees it: its files, its dialect and its columns.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "workers/csv/csv.h"
#include "workers/data/source.h"
#include "workers/files/tables.h"

namespace orch::csv {

inline constexpr std::array<std::string_view, 3> endings = {".csv", ".tsv", ".tab"};

/// Files that end in .csv (.tsv and .tab where the delimiter is a tab) and folders of these.
std::vector<data::Listed> list_tables(const files::Store& store, const Options& options);

/// The dialect of the entry's files: what it pins, and the connection's for all else.
Options options_of(const data::Relation& relation, const Options& connection);

/// The files of a relation's table; of a choice, these alone. Throws TaskFailed
/// "Source.TableMissing", and "Source.Changed" when a chosen file is gone.
files::TableFiles files_of(const files::Store& store, const data::Relation& relation);

/// How records of a table's files become rows.
struct Layout {
  Options options;
  std::vector<std::string> header;      ///< columns of the records
  std::vector<std::string> partitions;  ///< columns of the folders, after these
  std::vector<data::Column> columns;    ///< all
  data::FileOptions rules;

  bool sets_aside() const { return rules.landing && !rules.landing->set_aside.empty(); }
};

/// Throws TaskFailed "Source.Malformed" as header_of() and partition_names() do, for a folder that
/// names a column of the file, and for a pinned column that is not there (`file` is told).
Layout layout_of(const Options& options, std::vector<std::string> header,
                 std::vector<std::string> partitions, const data::FileOptions& rules,
                 const std::string& file);

/// The layout of all the files, of which there is one at least.
Layout layout_of(const files::Store& store, const files::TableFiles& table,
                 const data::Relation& relation, const Options& connection);

}  // namespace orch::csv
