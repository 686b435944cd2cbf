// A trigger that fires when files have come.
//
//   {"files": "drop/{source}/{date}.csv", "quiet_seconds": 60,
//    "batch": {"by": "date", "count": 6, "until": "07:30", "zone": "Europe/Berlin"}}
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/json/fields.h"
#include "orchestrator/schedule/zone.h"

namespace orch::pipeline {

/// Which files come together.
struct FileBatch {
  std::string by;          ///< a named piece of the path: those with the same value
  std::int64_t count = 0;  ///< so many are a whole batch; 0: only the time ends one
  std::optional<std::chrono::minutes> until;  ///< time of day at which those that are there fire
  schedule::Zone zone{"UTC"};
};

struct FilesTrigger {
  /// Below the project's folder, from '/', or of a bucket, "s3://BUCKET/…". {name} stands for a
  /// part of a name, *, ? and ** as in a landing zone.
  std::string pattern;
  std::int64_t quiet_seconds = 0;
  std::string marker;
  std::optional<FileBatch> batch;  ///< unset: each file is a batch
  std::int64_t poll_seconds = 30;  ///< between two listings of a bucket

  bool in_bucket() const;
};

/// Reads files, quiet_seconds, marker and batch. Empty when one of them is a problem.
std::optional<FilesTrigger> read_files_trigger(json::Fields& trigger);

/// The values of the named pieces when `name` is one of the pattern's.
using Pieces = std::map<std::string, std::string>;
std::optional<Pieces> pieces_of(std::string_view pattern, std::string_view name);

/// The folder, with its '/', that all names of the pattern lie in; empty: the topmost one.
std::string folder_of(std::string_view pattern);

/// A complete file that has not fired.
struct WaitingFile {
  std::string name;
  std::string version;  ///< tells it from another one of the same name: size and time of writing
  Instant written_at;
  Pieces pieces;
};

/// Files that fire together.
struct DueFiles {
  std::string group;               ///< value of the piece, or the file's name and version
  std::vector<WaitingFile> files;  ///< by name
  bool whole = true;               ///< as many as `count` says
};

/// What fires at `now`. `begun` are groups that have fired already: what comes later for them fires
/// at once.
std::vector<DueFiles> due_files(const FilesTrigger& trigger, std::vector<WaitingFile> waiting,
                                const std::vector<std::string>& begun, Instant now);

}  // namespace orch::pipeline
