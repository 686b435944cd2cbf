#include "tests/support/odbc_driver.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "orchestrator/db/odbc.h"

namespace orch::test {
namespace {

struct Driver {
  std::string name;
  std::string package;
};

const Driver& driver_of(const std::string& engine) {
  static const std::map<std::string, Driver> drivers{
      {"mysql", {"MariaDB Unicode", "odbc-mariadb"}},
      {"postgresql", {"PostgreSQL Unicode", "odbc-postgresql"}},
      {"sqlite", {"SQLite3", "libsqliteodbc"}},
      {"sqlserver", {"FreeTDS", "tdsodbc"}}};
  return drivers.at(engine);
}

}  // namespace

std::string missing_odbc_driver(const std::string& engine) {
  const auto& driver = driver_of(engine);
  try {
    const auto there = odbc::drivers();
    if (std::ranges::find(there, driver.name, &odbc::Named::name) != there.end()) return {};
  } catch (const odbc::LibraryMissing& missing) {
    return missing.what();
  }
  return fmt::format("no ODBC driver \"{}\" here: the package {} brings it", driver.name,
                     driver.package);
}

std::string odbc_attributes(const MariadbServer& server, const std::string& database,
                            const std::string& user) {
  return fmt::format("DRIVER={{{}}};SOCKET={};UID={};DATABASE={}", driver_of("mysql").name,
                     (server.folder() / "s").string(), user, database);
}

std::string odbc_attributes(const PostgresServer& server, const std::string& database,
                            const std::string& user) {
  return fmt::format("DRIVER={{{}}};SERVER=127.0.0.1;PORT={};UID={};DATABASE={}",
                     driver_of("postgresql").name, server.port(), user, database);
}

std::string odbc_attributes(const std::filesystem::path& sqlite_file) {
  return fmt::format("DRIVER={{{}}};DATABASE={}", driver_of("sqlite").name, sqlite_file.string());
}

}  // namespace orch::test
