// A store that another user may only read.
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/store/sqlite/owner_lock.h"
#include "orchestrator/store/sqlite/store.h"

namespace orch::store {
namespace {

namespace fs = std::filesystem;

/// A folder with a store in it that the user of this test may read and not write while a Reader
/// lives. Root may write everywhere, and becomes another user for that time.
class ReadOnly : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/orch_read_only_XXXXXX";
    folder_ = ::mkdtemp(name);
    store_ = folder_ / "runs %23 of?.db";
  }
  void TearDown() override {
    ::chmod(folder_.c_str(), 0700);
    fs::remove_all(folder_);
  }

  static mode_t mode_of(const fs::path& file) {
    struct stat found {};
    return ::stat(file.c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
  }

  struct Reader {
    explicit Reader(const fs::path& folder) : folder_(folder) {
      ::chmod(folder_.c_str(), 0555);
      if (::geteuid() == 0) root_ = ::seteuid(65'534) == 0;
    }
    ~Reader() {
      if (root_ && ::seteuid(0) != 0) ADD_FAILURE() << "root again";
      ::chmod(folder_.c_str(), 0700);
    }
    fs::path folder_;
    bool root_ = false;
  };

  fs::path folder_;
  fs::path store_;
};

TEST_F(ReadOnly, IsReadWhenNoProcessHasItOpen) {
  { open_sqlite_as_owner(store_, "test"); }
  ASSERT_FALSE(fs::exists(fs::path(store_).concat("-shm")));
  ::chmod(store_.c_str(), 0444);
  std::unique_ptr<Store> store;
  {
    const Reader reader(folder_);
    store = open_sqlite_as_reader(store_);
    EXPECT_TRUE(store->list({}).empty());
    EXPECT_FALSE(fs::exists(fs::path(store_).concat("-shm")));
  }
  // An owner may have written since: what was read is not told as the truth.
  ::chmod(store_.c_str(), 0600);
  const auto owner = open_sqlite_as_owner(store_, "test");
  try {
    store->list({});
    FAIL() << "the store has changed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0210");
  }
}

TEST_F(ReadOnly, ItsGroupMayReadAndSeeWhoOwnsIt) {
  const auto old = ::umask(0);
  { open_sqlite_as_owner(store_, "test"); }
  for (const char* suffix : {"", ".lock"})
    EXPECT_EQ(mode_of(fs::path(store_).concat(suffix)), 0600u) << suffix;
  ::chmod(store_.c_str(), 0660);
  const auto owner = open_sqlite_as_owner(store_, "test");
  ::umask(old);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    EXPECT_EQ(mode_of(fs::path(store_).concat(suffix)), 0640u) << suffix;
}

TEST_F(ReadOnly, WhatEverybodyMayReadIsTheOwnersAlone) {
  { open_sqlite_as_owner(store_, "test"); }
  ::chmod(store_.c_str(), 0644);
  const auto owner = open_sqlite_as_owner(store_, "test");
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    EXPECT_EQ(mode_of(fs::path(store_).concat(suffix)), 0600u) << suffix;
}

}  // namespace
}  // namespace orch::store
