// What a store must do, whichever database keeps it: the files that deploys bring along.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/store/projects.h"
#include "tests/store/exam/exam.h"

namespace orch::store {
namespace {

using ::testing::SizeIs;

ProjectVersion version(const std::string& text) {
  ProjectVersion made{"", "risk", "prod", "/srv/risk", {{"connections.json", text}}, {}, "ada"};
  made.made_at = Instant{Millis{1'000}};
  made.digest = project_digest(made);
  return made;
}

class ProjectsExam : public Exam {
 protected:
  std::unique_ptr<Store> beside_ = open_beside_owner(url_);
};

TEST_P(ProjectsExam, KeepsWhatWasDeployedLastAndAllBefore) {
  auto& projects = beside_->projects();
  EXPECT_FALSE(projects.find("risk"));
  const auto first = version("{}"), second = version("{\"a\":1}");
  EXPECT_NE(first.digest, second.digest);
  projects.put({first, Instant{Millis{2'000}}});
  projects.put({second, Instant{Millis{3'000}}});
  const auto now = projects.find("risk");
  ASSERT_TRUE(now);
  EXPECT_EQ(now->version.digest, second.digest);
  EXPECT_EQ(now->version.files, second.files);
  EXPECT_EQ(now->version.environment, "prod");
  EXPECT_EQ(now->version.folder, "/srv/risk");
  EXPECT_EQ(now->version.made_by, "ada");
  EXPECT_EQ(now->deployed_at, Instant{Millis{3'000}});
  EXPECT_THAT(projects.versions(), SizeIs(2));
  projects.put({first, Instant{Millis{4'000}}});
  EXPECT_EQ(projects.find("risk")->version.digest, first.digest);
  EXPECT_THAT(projects.versions(), SizeIs(2));
}

INSTANTIATE_TEST_SUITE_P(Stores, ProjectsExam, ::testing::ValuesIn(implementations()), name_of);

}  // namespace
}  // namespace orch::store
