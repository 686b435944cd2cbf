// SQLite's errors as those of the run store.
#pragma once

#include <string>

#include "orchestrator/db/sqlite_db.h"

namespace orch::store {

/// Runs work on one store file; what SQLite throws leaves as an Error ORCH-02xx that names the
/// file.
class Guard {
 public:
  explicit Guard(std::string path) : path_(std::move(path)) {}

  template <class Work>
  auto operator()(const Work& work) const {
    try {
      return work();
    } catch (const sqlite::Error& error) {
      translate(error);
    }
  }

 private:
  [[noreturn]] void translate(const sqlite::Error& error) const;

  std::string path_;
};

}  // namespace orch::store
