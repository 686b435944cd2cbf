// Where backups are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"

namespace orch::host {

/// "20261130T201500Z".
std::string backup_time(Instant now);

/// A file or object that holds a backup, or is to. All functions throw Error ORCH-0002, which
/// names the place.
class BackupPlace {
 public:
  /// `text` as in back_up(); `now` names it in a folder.
  BackupPlace(std::string text, Instant now);

  const std::string& text() const { return text_; }
  bool in_folder() const { return in_folder_; }
  /// A file beside it, or in the folder for temporary files, that a copy is made in. Drafts beside
  /// it that a killed process has left are removed.
  std::filesystem::path draft() const;
  /// Takes the draft over: it is gone then.
  void put(const std::filesystem::path& draft) const;
  /// Writes it to the new file `copy`.
  void get(const std::filesystem::path& copy) const;
  /// When the latest backup in the folder was made, as backup_time(); empty: there is none.
  std::string latest() const;
  /// Removes the oldest of the backups in the folder, so that `keep` are left.
  void thin_out(int keep) const;

 private:
  /// Names of the backups in the folder, or their keys; newest first.
  std::vector<std::string> all() const;
  bool in_bucket() const { return !bucket_.empty(); }

  std::string text_;
  std::string bucket_;  ///< empty: a file
  std::string key_;     ///< in the bucket
  bool in_folder_ = false;
};

}  // namespace orch::host
