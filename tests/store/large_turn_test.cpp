#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

// A row of history has a size that SQLite takes, whatever a turn brings.
TEST(LargeTurn, TakesSeveralRows) {
  const test::TempFolder folder;
  const auto store = open_as_owner(folder / "runs.db", "test");
  auto turn = store->begin();
  NewExecution made;
  made.run_id = made.name = made.workflow = "large";
  made.definition_hash = definition_hash("{}");
  turn->keep_definition(made.definition_hash, "{}");
  const auto id = turn->add(made);
  std::vector<execution::Event> events;
  for (const auto number : {1, 2, 3, 4}) {
    auto& event = events.emplace_back();
    event.id = number;
    event.payload = json::Payload::of_text('"' + std::string(40 << 20, 'x') + '"');
  }
  turn->append(id, events);
  turn->commit();
  std::vector<execution::EventId> found;
  store->history(id, 0, [&](const execution::Event& event) { found.push_back(event.id); });
  EXPECT_THAT(found, ::testing::ElementsAre(1, 2, 3, 4));
  sqlite::Database db(folder / "runs.db");
  sqlite::Statement rows(db, "SELECT count(*) FROM history");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.int64(0), 2);
}

}  // namespace
}  // namespace orch::store
