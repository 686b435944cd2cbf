// One entry of the connections file. Internal to the module.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "workers/connectors/secret.h"
#include "workers/csv/csv.h"

namespace orch::connectors {

enum class Engine : std::uint8_t { postgresql, sqlite, csv, http };

/// "postgresql", "sqlite", "csv", "http".
const char* name_of(Engine engine);

struct Connection {
  std::string name;
  Engine engine = Engine::sqlite;
  std::string display;                          ///< for people: no secret
  std::string path;                             ///< SQLite file or CSV folder, as written
  std::string url;                              ///< HTTP
  std::map<std::string, std::string> keywords;  ///< libpq's, without the password
  int lock_seconds = 30;                        ///< PostgreSQL: how long a lock is waited for
  int largest_row_mib = 256;                    ///< of a source; 0: any
  int silence_seconds = 60;                     ///< PostgreSQL: how long a silent server is
  std::optional<SecretPlace> secret;            ///< password, or an HTTP bearer token
  csv::Options csv;
};

/// Reads one entry; problems go to `fields`.
Connection parse_connection(const std::string& name, json::Fields& fields);

/// Where a PostgreSQL connection leads, without who asks: "postgresql://db1:5432/dwh".
std::string database_of(const Connection& connection);

/// libpq's connection string of a PostgreSQL connection.
std::string conninfo(const Connection& connection, const std::string& password);

}  // namespace orch::connectors
