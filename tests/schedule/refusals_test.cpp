// What no schedule is: the message names the field and what may stand there.
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/schedule/fire_times.h"

namespace orch::schedule {
namespace {

struct Refusal {
  const char* text;
  const char* message;
};

TEST(Rhythm, SaysWhatIsWrong) {
  constexpr Refusal refusals[] = {
      {"", "0 fields, not 5 or 6"},
      {"* * * *", "4 fields, not 5 or 6"},
      {"61 2 * * *", "field 1 (minute), \"61\": 61 is not from 0 to 59"},
      {"0 24 * * *", "field 2 (hour), \"24\": 24 is not from 0 to 23"},
      {"0 0 0 * *", "field 3 (day of month), \"0\": 0 is not from 1 to 31"},
      {"0 0 * 13 *", "field 4 (month), \"13\": 13 is not from 1 to 12"},
      {"0 0 * * 8", "field 5 (day of week), \"8\": 8 is not from 0 to 7"},
      {"0 0 0 * * 8", "field 6 (day of week), \"8\": 8 is not from 0 to 7"},
      {"0 0 * * MOO", "\"MOO\" is no value of it"},
      {"0 0 30 2 *", "names no day that exists"},
      {"0 0 31 4,6 *", "names no day that exists"},
      {"30-10 * * * *", "the range 30-10 ends before it begins"},
      {"*/0 * * * *", "a step of 0"},
      {"*/90 * * * *", "a step of 90 is longer"},
      {"1,,2 * * * *", "a value is missing"},
      {"99999999999 * * * *", "99999999999 is too large"},
      {"0 0 * * L", "L alone does not say which day"},
      {"0 0 * * 5#6", "after # comes 1 to 5"},
      {"0 0 L-31 * *", "no month has so many days"},
      {"@dayly", "no nickname @dayly of a cron expression; did you mean \"@daily\"?"},
      {"@reboot", "no nickname @reboot"},
      {"@every", "no nickname @every"},
      {"@every 15", "the unit is missing"},
      {"@every 15x", "there is no unit \"x\""},
      {"@every 0s", "it is 0"},
      {"@every 99999d", "longer than ten years"},
      {"rate(5)", "\"rate(5)\" is no rate"},
      {"cron(0 10 * * ?)", "5 fields, not 6"},
      {"cron(0 10 ? * 0 *)", "0 is not from 1 to 7"},
  };
  for (const auto& each : refusals) {
    SCOPED_TRACE(each.text);
    try {
      parse_rhythm(each.text);
      ADD_FAILURE() << "was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0701");
      EXPECT_NE(std::string(error.what()).find(each.message), std::string::npos) << error.what();
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

TEST(Zone, OfAnUnknownNameNamesTheNearest) {
  try {
    Zone("Europe/Berln");
    ADD_FAILURE() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ORCH-0702");
    EXPECT_NE(std::string(error.what()).find("did you mean \"Europe/Berlin\"?"), std::string::npos)
        << error.what();
  }
}

TEST(Holidays, ListEveryWrongLine) {
  try {
    parse_holidays("# days off\n\n2027-12-24 Christmas Eve\n24.12.2027\n2027-02-30\n", "days.txt");
    ADD_FAILURE() << "was taken";
  } catch (const InvalidDocument& error) {
    ASSERT_EQ(error.problems().size(), 2U);
    EXPECT_EQ(error.problems()[0].line, 4);
    EXPECT_EQ(error.problems()[1].line, 5);
  }
}

}  // namespace
}  // namespace orch::schedule
