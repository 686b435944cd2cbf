#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/open.h"
#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

/// Text that packing makes little of.
std::string noise(std::size_t bytes) {
  std::mt19937 random(1);
  std::string text(bytes, '0');
  for (auto& c : text) c = static_cast<char>('0' + random() % 64);
  std::ranges::replace(text, '\\', '_');
  return text;
}

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
  sqlite::Statement rows(db, "SELECT count(*) FROM packed_history");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.int64(0), 2);
}

// The file has what was committed without its log, and closing the store removes the log: the
// thread that makes checkpoints has closed its connection before.
TEST(LargeTurn, IsCarriedOverIntoTheFileBesideTheOwner) {
  const test::TempFolder folder;
  const auto path = folder / "runs.db";
  auto store = open_as_owner(path, "test");
  auto turn = store->begin();
  NewExecution made;
  made.run_id = made.name = made.workflow = "large";
  made.definition_hash = definition_hash("{}");
  turn->keep_definition(made.definition_hash, "{}");
  const auto id = turn->add(made);
  execution::Event event;
  event.payload = json::Payload::of_text('"' + noise(8 << 20) + '"');
  turn->append(id, std::vector{(event.id = 1, event)});
  turn->commit();
  const auto rows_in_the_file = [&] {
    const auto copy = folder / "copy.db";
    std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
    try {
      sqlite::Database db(copy, sqlite::Access::unchanging);
      sqlite::Statement rows(db, "SELECT count(*) FROM packed_history");
      return rows.step() ? rows.int64(0) : 0;
    } catch (const sqlite::Error&) {
      return std::int64_t{0};  // copied in the middle of it
    }
  };
  while (rows_in_the_file() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  store.reset();
  EXPECT_FALSE(std::filesystem::exists(folder / "runs.db-wal"));
}

}  // namespace
}  // namespace orch::store
