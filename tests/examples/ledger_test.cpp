// The ledger that the demo, the crash tests and the tour replicate.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <xxhash.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "orchestrator/db/sqlite_db.h"
#include "tests/support/case_file.h"
#include "tests/support/temp_folder.h"

namespace orch {
namespace {

int generate(const std::string& arguments) {
  return std::system((LEDGER_GENERATOR " " + arguments + " 2>/dev/null").c_str());
}

/// XXH3-128 of everything a command writes, in hex.
std::string digest_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::array<char, 65536> buffer{};
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    XXH3_128bits_update(state.get(), buffer.data(), got);
  const auto hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

class Ledger : public testing::TestWithParam<boost::json::object> {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<test::TempFolder>();
    ASSERT_EQ(generate((*folder_ / "ledger.db").string()), 0);
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static inline std::unique_ptr<test::TempFolder> folder_;
};

TEST_P(Ledger, AddsUp) {
  sqlite::Database db(*folder_ / "ledger.db", sqlite::Access::read_only);
  sqlite::Statement query(db, std::string(GetParam().at("query").as_string()));
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.int64(0), GetParam().at("expect").as_int64());
}

INSTANTIATE_TEST_SUITE_P(Cases, Ledger, testing::ValuesIn(test::cases_in("ledger.json")),
                         [](const auto& one) { return test::case_name(one.param); });

TEST(LedgerGenerator, MakesTheSameBytesOnEveryMachine) {
  EXPECT_EQ(digest_of(LEDGER_GENERATOR " --sql"), "3c173166fa104af5671f8b0b2ac495f5");
}

TEST(LedgerGenerator, LeavesAnExistingFileAlone) {
  const test::TempFolder folder;
  const auto file = folder.write("ledger.db", "mine");
  EXPECT_NE(generate(file.string()), 0);
  EXPECT_EQ(std::filesystem::file_size(file), 4U);
}

TEST(LedgerGenerator, LeavesNoFileWhenItCannotFinish) {
  const test::TempFolder folder;
  EXPECT_NE(generate((folder / "missing/ledger.db").string()), 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace orch
