// Tokens: kept by their hashes, good until they expire.
#include "orchestrator/identity/tokens.h"

#include <fstream>

#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "tests/support/temp_folder.h"

namespace orch::identity {
namespace {

Instant at(int seconds) { return Instant{std::chrono::seconds{seconds}}; }

class Tokens : public ::testing::Test {
 protected:
  template <class Work>
  std::string code_of(const Work& work) {
    try {
      work();
      return "";
    } catch (const Error& error) {
      return error.code();
    }
  }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_.path() / "x.tokens";
  TokenFile file_{path_};
};

TEST_F(Tokens, AreFoundByTheirTextUntilTheyExpire) {
  EXPECT_TRUE(file_.list().empty());
  const auto ann = file_.add("ann", Role::operator_, at(1), at(100));
  const auto bob = file_.add("bob", Role::admin, at(1), {});
  const auto tokens = file_.list();
  ASSERT_TRUE(find_token(tokens, ann, at(99)));
  EXPECT_EQ(find_token(tokens, ann, at(99))->role, Role::operator_);
  EXPECT_FALSE(find_token(tokens, ann, at(100)));
  EXPECT_EQ(find_token(tokens, bob, at(1'000'000))->name, "bob");
  EXPECT_FALSE(find_token(tokens, ann.substr(1), at(2)));
  EXPECT_FALSE(find_token(tokens, "", at(2)));
  EXPECT_EQ(read_file(path_).find(ann), std::string::npos);
}

TEST_F(Tokens, HaveNamesOfTheirOwn) {
  const auto text = file_.add("ann", Role::viewer, at(1), {});
  EXPECT_EQ(code_of([&] { file_.add("ann", Role::viewer, at(1), {}); }), "ORCH-0048");
  EXPECT_EQ(code_of([&] { file_.remove("bob"); }), "ORCH-0048");
  file_.remove("ann");
  EXPECT_FALSE(find_token(file_.list(), text, at(2)));
}

TEST_F(Tokens, AFileThatIsNoneIsRefused) {
  file_.add("ann", Role::viewer, at(1), {});
  for (const auto* text :
       {"x", "{}", "[1]",
        R"([{"name":"a","hash":"b","role":"king","made":"2026-01-01T00:00:00Z"}])"}) {
    std::ofstream(path_) << text;
    EXPECT_EQ(code_of([&] { file_.list(); }), "ORCH-0048") << text;
  }
  std::filesystem::permissions(path_, std::filesystem::perms(0644));
  EXPECT_EQ(code_of([&] { file_.list(); }), "ORCH-0017");
}

}  // namespace
}  // namespace orch::identity
