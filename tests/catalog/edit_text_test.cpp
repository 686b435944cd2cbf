#include "workers/catalog/edit_text.h"

#include <gtest/gtest.h>

namespace orch::catalog {
namespace {

TEST(EditTables, ChangesOnlyWhatIsAsked) {
  struct Case {
    const char* text;
    TextEdits edits;
    const char* expected;
  };
  const std::vector<Case> cases = {
      {R"({"tables":[]})", {{}, {}, {"1", "2"}}, R"({"tables":[1, 2]})"},
      {R"({"tables": [{"a":1}] })", {{}, {}, {"{}"}}, R"({"tables": [{"a":1}, {}] })"},
      {"{\"tables\": [\n  {},\n  {}\n]}", {{}, {}, {"3"}}, "{\"tables\": [\n  {},\n  {},\n  3\n]}"},
      {"{\"tables\": [\r\n\t{}\r\n]}", {{}, {}, {"3"}}, "{\"tables\": [\r\n\t{},\r\n\t3\r\n]}"},
      {"{\"tables\": [\r\n {\r\n  \"a\": 1\r\n }\r\n]}",
       {{}, {{0, "m", "1"}}, {}},
       "{\"tables\": [\r\n {\r\n  \"a\": 1,\r\n  \"m\": 1\r\n }\r\n]}"},
      {R"({"tables":[1 , 2, 3]})", {{0}, {}, {}}, R"({"tables":[2, 3]})"},
      {R"({"tables":[1 , 2, 3]})", {{1}, {}, {}}, R"({"tables":[1, 3]})"},
      {R"({"tables":[1 , 2, 3]})", {{2}, {}, {}}, R"({"tables":[1 , 2]})"},
      {R"({"tables":[1,2,3]})", {{0, 2}, {}, {}}, R"({"tables":[2]})"},
      {R"({"tables":[1,2,3]})", {{1, 2}, {}, {"4"}}, R"({"tables":[1, 4]})"},
      {R"({"tables":[1,2]})", {{0, 1}, {}, {}}, R"({"tables":[]})"},
      {R"({"tables":[1,2]})", {{0, 1}, {}, {"3", "4"}}, R"({"tables":[3, 4]})"},
      {R"({"tables":[{}]})", {{}, {{0, "m", "1"}}, {}}, R"({"tables":[{"m": 1}]})"},
      {R"({"tables":[{"x":"}],{\""}]})",
       {{}, {{0, "m", "1"}}, {}},
       R"({"tables":[{"x":"}],{\"", "m": 1}]})"},
      {R"({"tables":[{"m" : [1, 2],"n":0}]})",
       {{}, {{0, "m", "1"}}, {}},
       R"({"tables":[{"m" : 1,"n":0}]})"},
      {"{\"tables\":[{\n    \"a\": 1\n  }]}",
       {{}, {{0, "m", "1"}}, {}},
       "{\"tables\":[{\n    \"a\": 1,\n    \"m\": 1\n  }]}"},
      {R"({"other":{"tables":[0]},"tables":[1],"n":2})",
       {{0}, {}, {}},
       R"({"other":{"tables":[0]},"tables":[],"n":2})"},
  };
  for (const auto& each : cases)
    EXPECT_EQ(edit_tables(each.text, each.edits), each.expected) << each.text;
}

TEST(LineDiff, ShowsWhatDiffers) {
  EXPECT_EQ(line_diff("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(line_diff("a\nb\nc\n", "a\nc\n"), "-b\n");
  EXPECT_EQ(line_diff("a\nb\nc\nd", "a\nx\nc\ny"), "-b\n+x\n-d\n+y\n");
  EXPECT_EQ(line_diff("", "a\n"), "+a\n");
}

}  // namespace
}  // namespace orch::catalog
