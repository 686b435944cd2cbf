// SQLite's errors as those of the run store.
#pragma once

#include <optional>
#include <string>
#include <type_traits>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/sqlite/resting_file.h"

namespace orch::store {

/// Runs work on one store file; what SQLite throws leaves as an Error ORCH-02xx that names the
/// file.
class Guard {
 public:
  /// `resting`: the file is read as one that does not change, and each work fails if it did.
  explicit Guard(std::string path, std::optional<RestingFile> resting = {})
      : path_(std::move(path)), resting_(std::move(resting)) {}

  const std::string& path() const { return path_; }

  template <class Work>
  auto operator()(const Work& work) const {
    try {
      if (!resting_) return work();
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        resting_->require_same();
      } else {
        auto result = work();
        resting_->require_same();
        return result;
      }
    } catch (const sqlite::Error& error) {
      if (resting_) resting_->require_same();  // else a torn read would be told as damage
      translate(error);
    }
  }

 private:
  [[noreturn]] void translate(const sqlite::Error& error) const;

  std::string path_;
  std::optional<RestingFile> resting_;
};

}  // namespace orch::store
