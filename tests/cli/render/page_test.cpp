#include "orchestrator/cli/render/page.h"

#include <gtest/gtest.h>

namespace orch::cli::render {
namespace {

TEST(EndPage, NamesTheCatalogEntriesThatAResumeFoundChanged) {
  view::Step stage;
  stage.output["entry"] = "changed";
  view::Overview overview;
  overview.tables.push_back({"treaty", view::Outcome::succeeded, {stage}});
  overview.tables.push_back({"claim", view::Outcome::succeeded, {view::Step{}}});
  const store::ExecutionRow row;
  const auto page = end_page({row, overview, {}, Instant{}, "", {}}, {});
  EXPECT_NE(page.find("catalog  changed since the run began, and used as it is now: treaty\n"),
            std::string::npos)
      << page;
}

}  // namespace
}  // namespace orch::cli::render
