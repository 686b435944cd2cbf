#include "orchestrator/db/library_versions.h"

#include <mysql.h>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>

namespace orch::db {

std::vector<std::pair<std::string, std::string>> library_versions() {
  constexpr int one_major = 10'000;
  const auto pq = PQlibVersion();  // 150006 is 15.6
  return {{"libpq", fmt::format("{}.{}", pq / one_major, pq % one_major)},
          {"MariaDB Connector/C", mysql_get_client_info()},
          {"SQLite", sqlite3_libversion()}};
}

}  // namespace orch::db
