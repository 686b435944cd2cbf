// The files behind the name of a table: a file, a pattern, or a folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "workers/files/pattern.h"
#include "workers/files/store.h"

namespace orch::files {

struct TableFiles {
  std::string name;              ///< of the table
  std::vector<FileState> files;  ///< in the order of their names

  /// What the folders between the table's own and the file say: `day=2026-11-30`.
  std::vector<Partition> partitions_of(const FileState& file) const {
    return files::partitions_of(file.name, own_folder(name, file.name));
  }
};

/// The files of table `name`: one of that name, with or without its ending; those that match a
/// pattern, in which ** stands for folders of any depth; or, where the name is a folder, all below
/// it that have one of the endings, but for names with a leading underscore. May be none. Throws
/// TaskFailed "Source.TableMissing" for a name that leaves the folder.
TableFiles table_files(const Store& store, const std::string& name, Endings endings);

/// The same, of which there must be one: throws "Source.TableMissing", which names near matches.
TableFiles present_files(const Store& store, const std::string& name, Endings endings);

/// The names of the partition columns. Throws TaskFailed "Source.Malformed" when the folders of one
/// file name other columns than those of the first.
std::vector<std::string> partition_names(const TableFiles& table);

/// All that a discovery sees, sorted: the files of the topmost folder that `why_left_out` says
/// nothing against under their name without the ending, folders with files of these endings, and
/// what is not taken. A folder whose own folders are named `source=` or `table=` is looked into:
/// each of these is a table. Names with a leading underscore are not looked at.
std::vector<data::Listed> list_tables(
    const Store& store, Endings endings,
    const std::function<std::string(const std::string& file)>& why_left_out);

/// Rows of the files, guessed from the lines in the first block of the first one.
std::int64_t estimate_rows(const Store& store, const std::vector<FileState>& files);

}  // namespace orch::files
