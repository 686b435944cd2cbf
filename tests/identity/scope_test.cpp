// What an identity is limited to.
#include "orchestrator/identity/scope.h"

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::identity {
namespace {

TEST(Scope, PatternsStandForWholeNames) {
  struct Case {
    const char *pattern, *text;
    bool matches;
  };
  for (const auto& [pattern, text, expected] :
       {Case{"a", "a", true}, Case{"a", "ab", false}, Case{"a*", "a", true},
        Case{"a*", "ba", false}, Case{"*", "", true}, Case{"", "a", false},
        Case{"a*b*c", "aXbXbc", true}, Case{"a*b*c", "aXc", false},
        Case{"*-eod", "markets-eod", true}, Case{"**", "x", true}, Case{"a?", "ab", false}})
    EXPECT_EQ(matches(pattern, text), expected) << pattern << " " << text;
}

TEST(Scope, HasWhatItNamesAndNothingElse) {
  const PipelineNames eod{"markets-eod", "markets", ""};
  EXPECT_TRUE(Scope().has(eod));
  EXPECT_TRUE(Scope().has_connection("dwh"));
  EXPECT_TRUE((Scope{{"markets"}, {"markets-*"}}.has(eod)));
  EXPECT_FALSE((Scope{{"ledger"}, {"markets-*"}}.has(eod)));
  EXPECT_FALSE((Scope{{}, {}, {"*"}}.has(eod)));             // it has no domain
  EXPECT_FALSE((Scope{{}, {}, {}, {"*"}}.has(eod)));         // connections alone
  EXPECT_FALSE((Scope{{"markets"}}.has_connection("dwh")));  // pipelines alone
  EXPECT_TRUE((Scope{{}, {}, {}, {"d*"}}.has_connection("dwh")));
}

TEST(Scope, IsReadAsItWasWritten) {
  const Scope scope{{"p"}, {"a", "b*"}, {}, {"c"}};
  json::Problems problems;
  const auto document = json::parse(json::write(scope_document(scope)));
  json::Fields fields(document.get_object(), "", problems);
  EXPECT_EQ(read_scope(fields), scope);
  EXPECT_TRUE(problems.empty());
}

TEST(Scope, AListWithoutAPatternIsAProblem) {
  json::Problems problems;
  const boost::json::object document{{"pipelines", boost::json::array()}};
  json::Fields fields(document, "", problems);
  read_scope(fields);
  EXPECT_EQ(problems.size(), 1U);
}

}  // namespace
}  // namespace orch::identity
