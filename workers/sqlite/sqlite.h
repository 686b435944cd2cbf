// SQLite files as sources and targets.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "workers/data/connector.h"

namespace orch::sqlite {

inline constexpr const char* engine_name = "sqlite";
/// Traits::family of SQLite files.
inline constexpr const char* family_name = "sqlite";
/// Traits::order: by storage class, numbers by value, texts and blobs byte by byte.
inline constexpr const char* order_name = "sqlite";

/// Opens the existing file `path` read-only. `display` names the connection in messages.
/// Throws TaskFailed "Connection.Down" when the file is missing or is not a SQLite database.
/// `stop` is asked while statements run; when it answers true, they throw workers::Cancelled. A
/// query or view that is read and gives no row for an hour is TaskFailed "Source.Failed", a value
/// larger than `largest_value_mib` (0: any) "Source.ValueTooLarge" before it is in memory.
std::unique_ptr<data::Source> open_source(const std::filesystem::path& path, std::string display,
                                          std::function<bool()> stop = {},
                                          int largest_value_mib = 256);

/// Opens `path` for writing, in WAL mode, so that readers are never blocked; creates it when its
/// folder exists. `patience` is how long a write waits for the lock of another process before
/// TaskFailed "Target.Locked"; writers of this process queue for their turn without a limit. True
/// from `stop` ends what takes long, with Cancelled.
std::unique_ptr<data::Target> open_target(
    const std::filesystem::path& path, std::string display,
    std::chrono::milliseconds patience = std::chrono::seconds(60), std::function<bool()> stop = {});

/// Opens the existing file `path` for single statements; foreign keys are enforced. Throws
/// TaskFailed "Connection.Down".
std::unique_ptr<data::SqlSession> open_sql(
    const std::filesystem::path& path, std::string display,
    std::chrono::milliseconds patience = std::chrono::seconds(60));

/// Names are the same when they differ in ASCII case only; there are no schemas.
data::Naming naming();

/// Reads the schema of `path`. Throws TaskFailed "Connection.Down".
void ping(const std::filesystem::path& path);

/// "sqlite:FILE".
const data::Connector& connector();

}  // namespace orch::sqlite
