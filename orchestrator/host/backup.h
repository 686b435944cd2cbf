// Backups of a run store: in files, folders and buckets.
#pragma once

#include <cstdint>
#include <string>

#include "orchestrator/base/time.h"

namespace orch::host {

/// A backup that was made.
struct Backup {
  std::string place;  ///< of the file or object
  std::int64_t bytes = 0;
  std::int64_t runs = 0;
};

/// Copies the store while runs go on, reads the copy back and compares every checksum, and puts it
/// at `to`: a file, which is replaced; a folder (one that exists, or a text with '/' at its end),
/// where it is called orch-YYYYMMDDTHHMMSSZ.db; or s3://BUCKET/KEY, likewise with '/' at its end. A
/// backup is there whole or not at all. In a folder the latest `keep` stay (0: all). Throws Error
/// ORCH-0221 when the copy is not sound, ORCH-0002 when it cannot be put there, ORCH-02xx of the
/// store.
Backup back_up(const std::string& store, const std::string& to, int keep, Instant now);

/// Brings the backup from a file or s3://BUCKET/KEY, compares every checksum, and puts it in the
/// place of the store; returns how many runs it has. `replace`: a store that is there is kept
/// beside it as STORE.replaced-YYYYMMDDTHHMMSSZ. Throws Error ORCH-0201 when a process owns the
/// store, ORCH-0221, ORCH-0222, ORCH-0002.
std::int64_t restore(const std::string& from, const std::string& store, bool replace, Instant now,
                     const std::string& command);

}  // namespace orch::host
