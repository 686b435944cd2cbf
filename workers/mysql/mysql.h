// MySQL and MariaDB as a source.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "orchestrator/db/mysql.h"
#include "workers/data/connector.h"

namespace orch::mysql {

inline constexpr const char* engine_name = "mysql";

struct Settings {
  Options options;
  std::string display;  ///< the connection without its password
  int lock_seconds = 60;
  std::function<bool()> stop;
};

/// A source whose every load reads one consistent snapshot (InnoDB; tables of other engines are
/// read in one statement, which sees one state of them), as UTC, in UTF-8. A reader is one: the
/// server cannot hand a snapshot to a second session. Tables are those of the URL's database, or of
/// all databases that are no system's when the URL names none. Throws TaskFailed "Connection.Down",
/// "Connection.Refused".
std::unique_ptr<data::Source> open_source(Settings settings);

/// The server's version. Throws as open_source() does.
std::string ping(const Settings& settings);

/// "mysql://USER@HOST:PORT/DATABASE", or mariadb:.
const data::Connector& connector();

}  // namespace orch::mysql
