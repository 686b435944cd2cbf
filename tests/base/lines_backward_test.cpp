// Lines from the end of a file.
#include "orchestrator/base/lines_backward.h"

#include <fstream>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace orch {
namespace {

class Backward : public ::testing::Test {
 protected:
  using Texts = std::vector<std::string>;

  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  Texts texts(std::optional<std::uint64_t> end = std::nullopt) {
    Texts found;
    starts_.clear();
    LinesBackward lines(path_, end);
    while (const auto line = lines.next()) {
      found.push_back(line->text);
      starts_.push_back(line->at);
    }
    return found;
  }

  test::TempFolder folder_;
  std::filesystem::path path_ = folder_.path() / "lines";
  std::vector<std::uint64_t> starts_;
};

TEST_F(Backward, HasTheLastLineFirst) {
  EXPECT_EQ(texts(), Texts());
  for (const auto& [text, expected] :
       std::vector<std::pair<std::string, Texts>>{{"", {}},
                                                  {"a part", {}},
                                                  {"\n", {""}},
                                                  {"one\n", {"one"}},
                                                  {"one\ntwo\n", {"two", "one"}},
                                                  {"\n\none\n\n", {"", "one", "", ""}},
                                                  {"one\na part", {"one"}}}) {
    write(text);
    EXPECT_EQ(texts(), expected) << text;
  }
}

TEST_F(Backward, LinesMayBeLongerThanWhatIsReadAtATime) {
  Texts expected;
  std::string text;
  for (const std::size_t size : {65'535, 1, 65'536, 0, 200'000, 65'537}) {
    const std::string line(size, 'x');
    text += line + '\n';
    expected.insert(expected.begin(), line);
  }
  write(text);
  EXPECT_EQ(texts(), expected);
}

TEST_F(Backward, GoesOnWhereALineBegins) {
  write("one\ntwo\nthree\n");
  texts();
  EXPECT_EQ(starts_, (std::vector<std::uint64_t>{8, 4, 0}));
  EXPECT_EQ(texts(8), (Texts{"two", "one"}));
  EXPECT_EQ(texts(0), Texts());
  for (const std::uint64_t nowhere : {1, 9, 15, 100})
    EXPECT_THROW(texts(nowhere), std::invalid_argument) << nowhere;
}

}  // namespace
}  // namespace orch
