// Stores of earlier schemas, brought up to date when their owner opens them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/embedded.h"
#include "orchestrator/db/migrate.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {

std::span<const EmbeddedFile> sqlite_migrations();  // generated

namespace {

// The list of a pipeline's runs is ordered by a column that 0017 has added.
TEST(Upgrade, RunsOfPipelinesAreListedInTheirOrder) {
  const test::TempFolder folder;
  const auto path = folder / "runs.db";
  const auto hash = definition_hash("{}");
  {
    sqlite::Database db(path);
    sqlite::migrate(db, sqlite_migrations().first(16), "orch_migration", "an older store");
    sqlite::Statement(db, "INSERT INTO definition (hash, text) VALUES (?, '{}')").bind(hash).run();
    for (const auto& [id, started] : {std::pair{1, 3'000}, {2, 1'000}, {3, 2'000}}) {
      const auto run = "r" + std::to_string(id);
      sqlite::Statement(db,
                        "INSERT INTO execution (id, run_id, name, workflow, definition_hash, "
                        "input, connections, status, started_ms) VALUES "
                        "(?1, ?2, ?2, 'w', ?3, '{}', '', 'RUNNING', ?4)")
          .bind(id, run, hash, started)
          .run();
      sqlite::Statement(db,
                        "INSERT INTO pipeline_run (execution_id, pipeline, revision, trigger_name, "
                        "kind, fire_ms, checksum) VALUES (?, 'load', 1, 't', 'schedule', 5, ?)")
          .bind(id, checksum_of(run, "load", std::int64_t{1}, "t", "schedule", std::int64_t{5},
                                std::optional<std::int64_t>()))
          .run();
    }
  }
  const auto store = open_as_owner(path, "test");
  std::vector<std::string> listed;
  for (const auto& row : store->list({.pipeline = "load"})) {
    EXPECT_EQ(row.damage, "");
    listed.push_back(row.made.run_id);
  }
  EXPECT_THAT(listed, ::testing::ElementsAre("r1", "r3", "r2"));
}

}  // namespace
}  // namespace orch::store
