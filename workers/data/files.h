// Files that are each loaded once: what a source says of them, and what a target remembers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/data/file_options.h"

namespace orch::data {

struct Relation;

/// A file of a table, as its source sees it now.
struct File {
  std::string name;  ///< below the connection's folder or bucket, with '/'
  std::int64_t bytes = 0;
  std::string modified;  ///< ISO 8601, UTC
  std::string waiting;   ///< why it is not complete yet, for people; empty: it is
};

/// What was found by reading a file to its end.
struct FileReport {
  File file;
  std::string digest;                ///< SHA-256 of its bytes as they are stored, 64 hex digits
  std::int64_t rows = 0;             ///< that can be loaded
  std::int64_t set_aside = 0;        ///< that cannot
  std::vector<std::string> columns;  ///< of a file that has the same in all rows
  std::string fault;                 ///< why none of it is loaded; empty: it is fine
};

/// A file in the ledger of a target: a version of it that a published load brought.
struct LoadedFile {
  std::string name;
  std::string digest;
  std::int64_t bytes = 0;
  std::string modified;
  std::string load;  ///< id of the load
  std::int64_t rows = 0;
  std::int64_t set_aside = 0;
};

/// The files of a load, as its position carries them from staging to the publish.
struct FileLoad {
  bool afresh = false;     ///< the table holds the rows of these files and of no other
  std::string after_load;  ///< the published load for whose ledger they were chosen; may be empty
  std::vector<LoadedFile> files;
};

/// Puts them into the position as its member "files", beside what `told` says.
void write_files(boost::json::object& position, const FileLoad& load, boost::json::object told);
/// What write_files() wrote; unset for other loads.
std::optional<FileLoad> files_in(const boost::json::object& position);

/// A file that a read is to take, with the digest that its bytes must have; empty: any.
struct ChosenFile {
  std::string name;
  std::string digest;
};

/// What a look at all rows of a table's files shows.
struct FileFindings {
  FileOptions options;             ///< format and types that hold for all of them
  std::vector<std::string> notes;  ///< what they rest on, and what nearly held; for people
};

/// A source whose tables are files. One thread at a time.
class FileSource {
 public:
  virtual ~FileSource() = default;
  /// What a catalog should pin of the table. Throws as Source::describe() does.
  virtual FileFindings inspect(const Relation& relation) = 0;
  /// The files of the table, in the order of their names. Throws TaskFailed "Source.TableMissing"
  /// for a name that cannot be one; no file is no error.
  virtual std::vector<File> files(const Relation& relation) = 0;
  /// Reads the file whole. Rows that the relation's rules set aside are kept in the folder for
  /// them, under a name made of the file's and its digest. Throws TaskFailed "Source.Failed",
  /// "Source.Changed", Cancelled.
  virtual FileReport survey(const Relation& relation, const File& file,
                            const std::function<bool()>& stop) = 0;
  /// Moves the file into the folder that the relation's rules name; nothing when it is gone.
  virtual void archive(const Relation& relation, const std::string& name) = 0;
};

}  // namespace orch::data
