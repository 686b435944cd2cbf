#include "orchestrator/base/error_names.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "orchestrator/base/error.h"

namespace orch {
namespace {

TEST(ErrorNames, AreSortedAndEachCodeIsExplained) {
  const auto names = error_names();
  EXPECT_TRUE(std::ranges::is_sorted(
      names, {}, [](const ErrorName& each) { return std::pair(each.name, each.code); }));
  for (const auto& [name, code] : names) {
    const auto explained = std::ranges::count(error_codes(), code, &ErrorCode::code);
    EXPECT_EQ(explained, 1) << name << " " << code;
  }
}

// What the tables of errors in docs/workers.md list, `Source.Locked`, `.Failed`, can be explained.
TEST(ErrorNames, HoldWhatTheDocumentationLists) {
  std::ifstream file(ORCH_SOURCE_DIR "/docs/workers.md");
  const std::regex row(R"(^\| ((`[A-Z]?[A-Za-z]*\.[A-Z][A-Za-z]+`(, )?)+) \|)");
  const std::regex name(R"(`([A-Z][A-Za-z]*)?\.([A-Z][A-Za-z]+)`)");
  int found = 0;
  for (std::string line; std::getline(file, line);) {
    std::smatch cells;
    if (!std::regex_search(line, cells, row)) continue;
    const auto cell = cells[1].str();
    std::string group;
    for (std::sregex_iterator at(cell.begin(), cell.end(), name), end; at != end; ++at) {
      if ((*at)[1].matched) group = (*at)[1].str();
      const auto whole = group + "." + (*at)[2].str();
      if (group == "States") continue;  // the language's
      ++found;
      EXPECT_GT(std::ranges::count(error_names(), std::string_view(whole), &ErrorName::name), 0)
          << whole;
    }
  }
  EXPECT_GT(found, 40);
}

}  // namespace
}  // namespace orch
