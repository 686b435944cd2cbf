// What sources of files have in common where each file is loaded once.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/data/source.h"
#include "workers/files/store.h"
#include "workers/files/tables.h"
#include "workers/worker.h"

namespace orch::files {

/// The files of the relation's table as data::FileSource::files() gives them: without those in the
/// folders for archived files and for rows that were set aside.
std::vector<data::File> landed_files(const Store& store, const data::Relation& relation,
                                     Endings endings);

/// Takes the rows of one file in a survey of it.
class Survey {
 public:
  Survey(const Store& store, const data::Relation& relation, data::File file);

  /// Runs `read` on the bytes of the file, which calls row() and fault() for each record, and ends
  /// with the report.
  data::FileReport run(const std::function<void(const FileState& file, ReadBlock bytes)>& read);

  void columns(const std::vector<data::Column>& columns);
  void row() { ++report_.rows; }
  /// A record that is no row, and why: kept for the file of those that are set aside. Throws `why`
  /// where the rules set none aside, and "Source.Malformed" when it is one too many.
  void fault(const workers::TaskFailed& why, std::int64_t line, boost::json::value record);

 private:
  const Store& store_;
  const data::Relation& relation_;
  data::FileReport report_;
  std::string kept_;  ///< JSON Lines
};

/// Of the table's files, those that were chosen, in its order. Throws TaskFailed "Source.Changed"
/// when one is not there.
void choose(TableFiles& table, const std::vector<data::ChosenFile>& chosen);

/// Reads one file of a table whose files were perhaps chosen: then its bytes must be those that
/// were surveyed. Throws TaskFailed "Source.Changed" when they are not, or it changed while it was
/// read.
void read_file(const Store& store, const FileState& file, const data::Relation& relation,
               const std::function<void(ReadBlock bytes)>& read);

/// Moves the file into the archive of the relation's rules, under its own name.
void archive_file(const Store& store, const data::Relation& relation, const std::string& name);

}  // namespace orch::files
