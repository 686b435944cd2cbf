// Stores by their URLs, and what holds of SQLite's files alone.
#include "orchestrator/store/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "tests/support/temp_folder.h"

namespace orch::store {
namespace {

TEST(StoreUrl, APathAndItsUrlAreOneStore) {
  const test::TempFolder folder;
  const auto path = (folder / "runs.db").string();
  const auto id = open_as_owner(path, "test")->store_id();
  EXPECT_EQ(open_as_reader("sqlite:" + path)->store_id(), id);
  EXPECT_EQ(open_as_owner("sqlite://" + path, "test")->store_id(), id);
  EXPECT_EQ(files_of("sqlite:" + path), path);
  const auto owner = open_as_owner(path, "orch submit");
  EXPECT_THAT(owner_of("sqlite:" + path).value_or(""), ::testing::HasSubstr("orch submit"));
}

TEST(StoreUrl, StartsAtTheFolderOfTheFileItStandsIn) {
  EXPECT_EQ(resolved_url("runs.db", "/etc/orch"), "/etc/orch/runs.db");
  EXPECT_EQ(resolved_url("sqlite:../runs.db", "/etc/orch"), "sqlite:/etc/runs.db");
  EXPECT_EQ(resolved_url("sqlite:/var/runs.db", "/etc/orch"), "sqlite:/var/runs.db");
}

TEST(StoreUrl, AnotherKindIsNamedWithoutItsPassword) {
  try {
    open_as_reader("postgresql://orch:secret@db1/runs");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0220");
    EXPECT_THAT(error.what(), ::testing::HasSubstr("postgresql"));
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST(SqliteStore, AnOlderCopyThatWasPutBackHasLargerFencesThanTheStoreItReplaces) {
  const test::TempFolder folder;
  const auto path = folder / "runs.db";
  open_as_owner(path, "test");
  std::filesystem::copy_file(path, folder / "copy.db");
  auto store = open_as_owner(path, "test");
  const auto id = store->store_id();
  const auto fence = store->first_fence();
  store.reset();
  std::filesystem::copy_file(folder / "copy.db", path,
                             std::filesystem::copy_options::overwrite_existing);
  store = open_as_owner(path, "test");
  EXPECT_EQ(store->store_id(), id);
  EXPECT_GT(store->first_fence(), fence);
}

}  // namespace
}  // namespace orch::store
