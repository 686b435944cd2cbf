// The audit log: a chain that tells what was changed.
#include "orchestrator/identity/audit.h"

#include <fstream>
#include <vector>

#include <gtest/gtest.h>

#include "orchestrator/base/read_file.h"
#include "orchestrator/json/members.h"
#include "tests/support/temp_folder.h"

namespace orch::identity {
namespace {

using Objects = std::vector<std::string>;

class Audit : public ::testing::Test {
 protected:
  void append(const std::string& object) {
    log_.append(
        {Instant{Millis{1'000}}, "ann", "operator", "127.0.0.1", "runs.stop", object, "done"});
  }
  Objects objects() {
    Objects found;
    wrong_ = log_.read([&](const boost::json::object& line) {
      found.push_back(json::text_member(line, "object"));
    });
    return found;
  }
  void replace(const std::string& text) { std::ofstream(path_) << text; }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_.path() / "x.audit";
  AuditLog log_{path_};
  std::optional<std::string> wrong_;
};

TEST_F(Audit, HasWhatWasAppended) {
  EXPECT_EQ(objects(), Objects());
  for (const auto* object : {"a", "b", "c"}) append(object);
  EXPECT_EQ(objects(), (Objects{"a", "b", "c"}));
  EXPECT_FALSE(wrong_);
}

TEST_F(Audit, TellsALineThatWasChangedOrTakenOut) {
  for (const auto* object : {"a", "b", "c"}) append(object);
  const auto whole = read_file(path_);
  const auto second = whole.find('\n') + 1;
  const auto third = whole.find('\n', second) + 1;
  auto changed = whole;
  changed.replace(whole.find("ann"), 3, "bob");
  for (const auto& broken :
       {changed, whole.substr(second), whole.substr(0, second) + whole.substr(third)}) {
    replace(broken);
    objects();
    EXPECT_TRUE(wrong_) << broken;
  }
}

TEST_F(Audit, APartOfALineIsOfAProcessThatWasKilledAndIsTakenAway) {
  append("a");
  replace(read_file(path_) + R"({"number":2,"wh)");
  append("b");
  EXPECT_EQ(objects(), (Objects{"a", "b"}));
  EXPECT_FALSE(wrong_);
}

TEST_F(Audit, IsReadFromItsEnd) {
  Objects found;
  std::uint64_t begin = 0;
  const auto back = [&](std::optional<std::uint64_t> end, std::size_t most) {
    found.clear();
    wrong_ = log_.read_back(end, [&](const boost::json::object& line, std::uint64_t at) {
      found.push_back(json::text_member(line, "object"));
      begin = at;
      return found.size() < most;
    });
    return found;
  };
  EXPECT_EQ(back(std::nullopt, 10), Objects());
  for (const auto* object : {"a", "b", "c", "d"}) append(object);
  EXPECT_EQ(back(std::nullopt, 2), (Objects{"d", "c"}));
  EXPECT_EQ(back(begin, 10), (Objects{"b", "a"}));
  EXPECT_FALSE(wrong_);

  const auto whole = read_file(path_);
  const auto second = whole.find('\n') + 1;
  const auto third = whole.find('\n', second) + 1;
  auto changed = whole;
  changed.replace(changed.find("ann", second), 3, "bob");
  for (const auto& broken :
       {changed, whole.substr(second), whole.substr(0, second) + whole.substr(third)}) {
    replace(broken);
    back(std::nullopt, 10);
    EXPECT_TRUE(wrong_) << broken;
  }
  replace(changed);
  back(std::nullopt, 2);
  EXPECT_FALSE(wrong_);  // it is before what was read
}

}  // namespace
}  // namespace orch::identity
