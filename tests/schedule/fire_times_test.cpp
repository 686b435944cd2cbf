// The cases of fire_times.json, and what holds of every schedule.
#include "orchestrator/schedule/fire_times.h"

#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::schedule {
namespace {

namespace bj = boost::json;
using std::chrono::seconds;

bj::array cases() {
  std::ifstream file(ORCH_SOURCE_DIR "/tests/schedule/fire_times.json");
  std::ostringstream text;
  text << file.rdbuf();
  return json::parse(text.str()).as_array();
}

std::string text_of(const bj::object& object, const char* name, const char* otherwise = "") {
  const auto* found = object.if_contains(name);
  return found ? std::string(found->as_string()) : std::string(otherwise);
}

std::optional<Instant> instant_of(const bj::object& object, const char* name) {
  const auto text = text_of(object, name);
  return text.empty() ? std::nullopt : from_iso(text);
}

Schedule schedule_of(const bj::object& each) {
  Schedule schedule{.rhythm = parse_rhythm(text_of(each, "schedule")),
                    .zone = Zone(text_of(each, "zone", "UTC")),
                    .start = instant_of(each, "start"),
                    .end = instant_of(each, "end")};
  if (each.contains("days_off")) {
    std::string list;
    if (const auto* holidays = each.if_contains("holidays")) {
      for (const auto& day : holidays->as_array()) list += std::string(day.as_string()) + " off\n";
    }
    schedule.calendar = Calendar(parse_off_day(text_of(each, "days_off")),
                                 std::bitset<7>(each.contains("weekend") ? 0b1000001 : 0),
                                 parse_holidays(list, "holidays"));
  }
  return schedule;
}

TEST(FireTimes, FallAsTheCasesSay) {
  for (const auto& value : cases()) {
    const auto& each = value.as_object();
    SCOPED_TRACE(text_of(each, "name"));
    const auto schedule = schedule_of(each);
    FireTimes times(schedule, *instant_of(each, "from"));
    const auto* reasons = each.if_contains("reasons");
    std::size_t at = 0;
    for (const auto& wanted : each.at("fires").as_array()) {
      const auto found = times.next();
      if (wanted.is_null()) {
        EXPECT_FALSE(found);
        continue;
      }
      ASSERT_TRUE(found);
      EXPECT_EQ(found->local, std::string(wanted.as_string()));
      EXPECT_EQ(found->at, from_iso(found->local));
      if (reasons) {
        const std::string reason(reasons->as_array().at(at).as_string());
        EXPECT_TRUE(reason.empty() ? found->reason.empty() : found->reason.starts_with(reason))
            << found->reason;
      }
      ++at;
    }
  }
}

/// A cron expression of random fields.
std::string random_cron(std::mt19937& random) {
  const auto number = [&](int first, int last) {
    return std::uniform_int_distribution<int>(first, last)(random);
  };
  const auto field = [&](int first, int last) -> std::string {
    switch (number(0, 4)) {
      case 0:
      case 1:
        return "*";
      case 2:
        return fmt::format("*/{}", number(1, last - first));
      case 3:
        return std::to_string(number(first, last));
      default:
        return fmt::format("{},{}", number(first, last), number(first, last));
    }
  };
  return fmt::format("{} {} {} {} {}", field(0, 59), field(0, 23), field(1, 28), field(1, 12),
                     field(0, 6));
}

// All minutes of the days in question, asked one by one.
std::set<Instant> asked_one_by_one(const Cron& cron, const Zone& zone, Instant from, Instant end) {
  std::set<Instant> found;
  for (auto at = std::chrono::time_point_cast<seconds>(from); at < end; at += seconds(60)) {
    const auto period = zone.period_at(at);
    const LocalTime shown((at + period.offset).time_since_epoch());
    const auto first_time = zone.instant_of(shown) == at || cron.every_hour();
    if (first_time && cron.next(shown - seconds(1)) == shown) found.insert(at);
  }
  return found;
}

TEST(FireTimes, OfRandomSchedulesAreThoseOfEveryMinuteAskedAlone) {
  std::mt19937 random(20261130);
  for (int round = 0; round < 300; ++round) {
    const auto text = random_cron(random);
    SCOPED_TRACE(text);
    std::optional<Cron> cron;
    try {
      cron = Cron::parse(text);
    } catch (const std::exception&) {
      continue;  // a day that never comes
    }
    const Zone zone(round % 2 ? "Europe/Berlin" : "America/New_York");
    const auto from = *from_iso(round % 3 ? "2027-10-30T00:00:00Z" : "2027-11-05T00:00:00Z");
    const auto end = from + std::chrono::days(4);
    const Schedule schedule{.rhythm = *cron, .zone = zone};
    FireTimes times(schedule, from);
    std::set<Instant> found;
    for (auto next = times.next(); next && next->at < end; next = times.next())
      EXPECT_TRUE(found.insert(next->at).second) << next->local;
    EXPECT_EQ(found, asked_one_by_one(*cron, zone, from, end));
  }
}

// Whenever a walk begins, it comes to the same times: a restart neither misses nor doubles one.
TEST(FireTimes, AreTheSameFromEveryBeginning) {
  std::mt19937 random(7);
  for (int round = 0; round < 100; ++round) {
    const auto text = random_cron(random);
    SCOPED_TRACE(text);
    std::optional<Rhythm> rhythm;
    try {
      rhythm = parse_rhythm(text);
    } catch (const std::exception&) {
      continue;
    }
    const Schedule schedule{
        .rhythm = *rhythm,
        .zone = Zone("Europe/Berlin"),
        .calendar = Calendar(round % 2 ? OffDay::next : OffDay::previous, std::bitset<7>(0b1000001),
                             parse_holidays("2027-03-29\n", "days"))};
    const auto from = *from_iso("2027-03-20T00:00:00Z");
    FireTimes walk(schedule, from);
    std::optional<FireTime> before;
    for (int step = 0; step < 40; ++step) {
      const auto next = walk.next();
      if (!next) break;
      if (before) {
        EXPECT_LT(before->at, next->at);
      }
      const auto begin = before ? before->at + Millis(1) : from;
      FireTimes again(schedule, begin);
      const auto same = again.next();
      ASSERT_TRUE(same);
      EXPECT_EQ(same->at, next->at) << next->local << " and " << same->local;
      EXPECT_EQ(same->reason, next->reason);
      before = next;
    }
  }
}

}  // namespace
}  // namespace orch::schedule
