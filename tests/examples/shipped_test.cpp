// The ledger by its own files: catalog and connections as they are shipped, from SQLite to
// PostgreSQL.
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/postgres_server.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/catalog/catalog.h"
#include "workers/connectors/connections.h"

namespace orch {
namespace {

namespace fs = std::filesystem;

/// The example's folder with data of a tenth of its size (rates with noise in their last digit
/// among it), and a server where its connections look for one.
class Shipped : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* file : {"catalog.json", "connections.sqlite-to-postgres.json"})
      fs::copy_file(fs::path(ORCH_SOURCE_DIR) / "examples/ledger" / file, folder_ / file);
    const auto made = fmt::format("{} {} --scale 10 2>/dev/null", LEDGER_GENERATOR,
                                  (folder_ / "ledger.db").string());
    ASSERT_EQ(std::system(made.c_str()), 0);
    auto& server = test::PostgresServer::shared();
    warehouse_ = server.create_database("warehouse");
    setenv("PGHOST", server.socket_folder().c_str(), 1);
    setenv("PGPORT", std::to_string(server.port()).c_str(), 1);
    setenv("PGUSER", "postgres", 1);
  }

  test::TempFolder folder_;
  std::string warehouse_;
};

TEST_F(Shipped, ArrivesFromSqliteInPostgresql) {
  const auto connections =
      connectors::Connections::load(folder_ / "connections.sqlite-to-postgres.json");
  const auto stop = [] { return false; };
  const auto target = connections.open_target("warehouse", stop);
  const auto source = connections.open_source("ledger", stop);
  test::Replication replication(*source, *target);
  for (const auto& entry : catalog::load_catalog(folder_ / "catalog.json").entries) {
    std::string message;
    EXPECT_EQ(test::error_of([&] { replication.replicate(entry); }, &message), "no failure")
        << message;
    EXPECT_EQ(test::pg_value(warehouse_, "SELECT count(*) FROM \"" + entry.target.name + '"'),
              std::to_string(test::count_of(folder_ / "ledger.db", entry.source.table.name)))
        << entry.key;
  }
  EXPECT_EQ(test::pg_value(warehouse_,
                           "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE "
                           "attrelid = 'fx_rates'::regclass AND attname = 'rate'"),
            "numeric(18,8)");
}

}  // namespace
}  // namespace orch
