// What connections bear: limits, maintenance windows, and the patience with one that is down.
#include "workers/connectors/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::connectors {
namespace {

using ::testing::HasSubstr;

Instant at(const char* text) { return from_iso(text).value(); }

Rules parse(const std::string& members, json::Problems& problems) {
  const auto document = json::parse(members);
  json::Fields fields(document.as_object(), "", problems);
  return parse_rules(fields);
}

Rules parse(const std::string& members) {
  json::Problems problems;
  auto rules = parse(members, problems);
  EXPECT_TRUE(problems.empty()) << problems.front().message;
  return rules;
}

struct WindowCase {
  const char* name;
  const char* windows;
  const char* now;
  const char* end;  ///< empty: none is open
};

class WindowTest : public ::testing::TestWithParam<WindowCase> {};

TEST_P(WindowTest, IsOpenUntil) {
  const auto rules = parse(std::string(R"({"maintenance":)") + GetParam().windows + "}");
  Instant end{};
  const auto* window = open_window(rules, at(GetParam().now), end);
  EXPECT_EQ(window ? to_iso(end) : "", GetParam().end);
}

constexpr const char* sunday =
    R"([{"schedule":"0 2 * * SUN","zone":"Europe/Berlin","duration":"3h"}])";
constexpr const char* two = R"([{"schedule":"0 2 * * *","duration":"2h"},
                                {"schedule":"0 3 * * *","duration":"5h"}])";
constexpr const char* over_itself = R"([{"schedule":"@every 1h","duration":"90m"}])";

const std::vector<WindowCase> window_cases = {
    {"before", sunday, "2027-01-03T00:59:59.999Z", ""},
    {"at_its_beginning", sunday, "2027-01-03T01:00:00Z", "2027-01-03T04:00:00.000Z"},
    {"at_its_last_instant", sunday, "2027-01-03T03:59:59.999Z", "2027-01-03T04:00:00.000Z"},
    {"at_its_end", sunday, "2027-01-03T04:00:00Z", ""},
    {"another_day", sunday, "2027-01-04T02:00:00Z", ""},
    {"when_clocks_go_forward", sunday, "2027-03-28T01:00:00Z", "2027-03-28T04:00:00.000Z"},
    {"the_one_that_ends_last", two, "2027-01-03T03:30:00Z", "2027-01-03T08:00:00.000Z"},
    {"that_begins_again_before_its_end", over_itself, "2027-01-03T03:10:00Z",
     "2027-01-03T04:30:00.000Z"},
    {"none", "[]", "2027-01-03T03:10:00Z", ""},
};

INSTANTIATE_TEST_SUITE_P(All, WindowTest, ::testing::ValuesIn(window_cases),
                         [](const auto& each) { return each.param.name; });

TEST(RulesTest, ATaskNeedsWhatTheyBear) {
  const auto rules = parse(R"({"limits":{"at_once":3,"rate":"600/m"},"wait_if_down":"2h",
      "maintenance":[{"schedule":"0 2 * * *","duration":"1h","reason":"backup"}]})");
  const auto need = need_of("core", "postgresql://db1/x", rules, at("2027-01-03T02:30:00Z"));
  EXPECT_EQ(need.name, "core");
  EXPECT_EQ(need.counted, "postgresql://db1/x");
  EXPECT_EQ(need.at_once, 3);
  EXPECT_EQ(need.rate, (workers::Rate{600, Millis{60'000}}));
  EXPECT_EQ(need.patience, std::chrono::hours(2));
  EXPECT_EQ(need.closed_until, at("2027-01-03T03:00:00Z"));
  EXPECT_EQ(need.closed_why, "backup");
}

struct RuleRefusal {
  const char* members;
  const char* pointer;
  const char* message;
};

TEST(RulesTest, SayWhatIsWrongAndWhere) {
  const RuleRefusal refusals[] = {
      {R"({"limits":{"at_once":0}})", "/limits/at_once", "from 1 to"},
      {R"({"limits":{"rate":"10"}})", "/limits/rate", "a second, minute or hour"},
      {R"({"limits":{"rate":"0/s"}})", "/limits/rate", "1 to 10000"},
      {R"({"limits":{"rate":"10/d"}})", "/limits/rate", "10/d"},
      {R"({"limits":{"atonce":1}})", "/limits/atonce", "at_once"},
      {R"({"limits":3})", "/limits", "object"},
      {R"({"wait_if_down":"2"})", "/wait_if_down", "unit"},
      {R"({"maintenance":[1]})", "/maintenance/0", "must be an object"},
      {R"({"maintenance":[{"duration":"1h"}]})", "/maintenance/0", "schedule is required"},
      {R"({"maintenance":[{"schedule":"@daily"}]})", "/maintenance/0", "duration is required"},
      {R"({"maintenance":[{"schedule":"61 * * * *","duration":"1h"}]})", "/maintenance/0/schedule",
       "61"},
      {R"({"maintenance":[{"schedule":"@daily","duration":"1h","zone":"Mars"}]})",
       "/maintenance/0/zone", "Mars"},
  };
  for (const auto& refusal : refusals) {
    SCOPED_TRACE(refusal.members);
    json::Problems problems;
    parse(refusal.members, problems);
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(problems[0].pointer, refusal.pointer);
    EXPECT_THAT(problems[0].message + problems[0].hint, HasSubstr(refusal.message));
  }
}

}  // namespace
}  // namespace orch::connectors
