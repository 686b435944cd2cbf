// ODBC drivers that Debian has, and how the servers of the tests are reached through them.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/mariadb_server.h"
#include "tests/support/postgres_server.h"
#include "workers/odbc/odbc.h"

namespace orch::test {

/// Why databases of the engine ("mysql", "postgresql", "sqlite", "sqlserver") cannot be reached
/// through ODBC here; empty: they can.
std::string missing_odbc_driver(const std::string& engine);

/// Connection strings.
std::string odbc_attributes(const MariadbServer& server, const std::string& database,
                            const std::string& user = "orch");
std::string odbc_attributes(const PostgresServer& server, const std::string& database,
                            const std::string& user = "postgres");
std::string odbc_attributes(const std::filesystem::path& sqlite_file);

}  // namespace orch::test
