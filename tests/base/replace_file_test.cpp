// A file is whole or not there, and nothing is left beside it.
#include "orchestrator/base/replace_file.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "orchestrator/base/read_file.h"
#include "tests/support/temp_folder.h"

namespace orch {
namespace {

std::size_t files_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

TEST(ReplaceFile, TakesOverTheDraftOfAWriterThatWasKilled) {
  const test::TempFolder folder;
  folder.write("a.json.writer.part", "a longer text than what is written now");
  replace_file(folder / "a.json", "[1]", "writer");
  EXPECT_EQ(read_file(folder / "a.json"), "[1]");
  EXPECT_EQ(files_in(folder / "."), 1u);
}

TEST(ReplaceFile, SeveralWriteOneFileAtATime) {
  const test::TempFolder folder;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 8; ++writer)
    writers.emplace_back([&, text = std::string(20'000, static_cast<char>('a' + writer))] {
      for (int round = 0; round < 20; ++round) replace_file(folder / "a", text, "writer");
    });
  for (auto& writer : writers) writer.join();
  const auto text = read_file(folder / "a");
  EXPECT_EQ(text, std::string(20'000, text.at(0)));
  EXPECT_EQ(files_in(folder / "."), 1u);
}

}  // namespace
}  // namespace orch
