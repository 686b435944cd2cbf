// PostgreSQL databases as sources and targets.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "workers/data/connector.h"

namespace orch::postgres {

inline constexpr const char* engine_name = "postgresql";
/// Traits::family of PostgreSQL servers.
inline constexpr const char* family_name = "postgresql";

struct Settings {
  std::string conninfo;             ///< as libpq takes it; may hold the password
  std::string display;              ///< for people: never a secret
  std::function<bool()> stop = {};  ///< true ends whatever waits for the server, with Cancelled
  int lock_seconds = 30;            ///< how long a lock is waited for; 0: for ever
  int silence_seconds = 60;         ///< see pg::Connection; 0: silence is waited for
  int largest_row_mib = 256;        ///< a source's larger rows are refused
};

/// Throw TaskFailed "Connection.Down" for what may pass (nothing answers, the server is starting,
/// it has no free connection), "Connection.Refused" for what does not: user, password, database,
/// pg_hba.conf, TLS, settings.
std::unique_ptr<data::Source> open_source(Settings settings);
std::unique_ptr<data::Target> open_target(Settings settings);
std::unique_ptr<data::SqlSession> open_sql(Settings settings);

/// Names are cut at 63 bytes, and are taken letter by letter; a table without a schema is in
/// public.
data::Naming naming();

/// Connects. Returns why the server is of limited use to a writer (a standby), or nothing.
/// `version` is set to "PostgreSQL 15.18", and says whether a pooler is in between.
std::string ping(const Settings& settings, std::string& version);

/// "postgresql://…", or libpq's keywords as members of the entry.
const data::Connector& connector();

}  // namespace orch::postgres
