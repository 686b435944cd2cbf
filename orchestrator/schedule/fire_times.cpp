#include "orchestrator/schedule/fire_times.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace orch::schedule {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr seconds one{1};
// No row of days off is longer.
constexpr days longest_off{31};

LocalTime shown(sys_seconds at, seconds offset) {
  return LocalTime((at + offset).time_since_epoch());
}

sys_seconds instant(LocalTime time, seconds offset) {
  return sys_seconds(time.time_since_epoch()) - offset;
}

std::string day_text(LocalDay day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string clock_text(LocalTime time) {
  const std::chrono::hh_mm_ss clock(time - floor<days>(time));
  const auto text = fmt::format("{:02}:{:02}", clock.hours().count(), clock.minutes().count());
  return clock.seconds().count() == 0 ? text
                                      : fmt::format("{}:{:02}", text, clock.seconds().count());
}

// "02:30" on the day that clocks are put forward at 02:00; with the day where it is another.
std::string seen_from(LocalTime time, LocalTime other) {
  return floor<days>(time) == floor<days>(other)
             ? clock_text(time)
             : day_text(floor<days>(time)) + ' ' + clock_text(time);
}

}  // namespace

FireTimes::FireTimes(const Schedule& schedule, Instant from)
    : schedule_(schedule), cron_(std::get_if<Cron>(&schedule.rhythm)) {
  from_ = std::chrono::ceil<seconds>(std::max(from, schedule.start.value_or(from)));
  enter(schedule.zone.period_at(from_));
  if (from_ > period_.begin) gap_from_.reset();
  seen_ = std::max(seen_, shown(from_, period_.offset) - one);
}

// Clocks may be put forward or back where a period begins.
void FireTimes::enter(const Zone::Period& period) {
  period_ = period;
  gap_from_.reset();
  const auto before = schedule_.zone.period_at(period.begin - one);
  const auto begin = shown(period.begin, period.offset);
  const auto left_at = shown(period.begin, before.offset);
  seen_ = begin - one;
  if (!cron_ || cron_->every_hour()) return;
  if (left_at > begin) seen_ = left_at - one;
  if (left_at < begin) gap_from_ = left_at;
}

std::optional<FireTime> FireTimes::next() {
  auto found = cron_ ? next_of_cron() : next_of_interval(std::get<Interval>(schedule_.rhythm));
  if (found && schedule_.end && found->at >= *schedule_.end) return std::nullopt;
  return found;
}

std::optional<FireTime> FireTimes::next_of_cron() {
  while (true) {
    if (const auto gap_from = std::exchange(gap_from_, std::nullopt)) {
      if (auto found = after_gap(*gap_from)) return found;
    }
    auto local = next_local(seen_);
    if (!local) return std::nullopt;
    if (local->time < shown(period_.end, period_.offset)) {
      seen_ = local->time;
      auto reason = local->reason.empty() ? doubled(local->time) : std::move(local->reason);
      return FireTime{instant(local->time, period_.offset), to_iso(local->time, period_.offset),
                      std::move(reason)};
    }
    enter(schedule_.zone.period_at(period_.end));
  }
}

// Times that the clocks have skipped are due at once, together.
std::optional<FireTime> FireTimes::after_gap(LocalTime gap_from) {
  const auto begin = seen_ + one;
  const auto skipped = next_local(gap_from - one);
  if (!skipped || skipped->time >= begin) return std::nullopt;
  const auto own = next_local(seen_);
  if (own && own->time == begin) return std::nullopt;
  return FireTime{
      period_.begin, to_iso(begin, period_.offset),
      fmt::format("{} does not exist on {} in {}, where the clocks go from {} to {}: it fires when "
                  "they have",
                  clock_text(skipped->time), day_text(floor<days>(skipped->time)),
                  schedule_.zone.name(), clock_text(gap_from), seen_from(begin, gap_from))};
}

std::string FireTimes::doubled(LocalTime time) const {
  if (cron_->every_hour()) return {};
  const auto after = schedule_.zone.period_at(period_.end);
  if (after.offset >= period_.offset || time < shown(period_.end, after.offset)) return {};
  return fmt::format(
      "{} comes twice on {} in {}, where the clocks go back: it fires the first time",
      clock_text(time), day_text(floor<days>(time)), schedule_.zone.name());
}

std::optional<FireTimes::Local> FireTimes::next_local(LocalTime after) const {
  if (schedule_.calendar.all_days()) {
    const auto time = cron_->next(after);
    return time ? std::optional(Local{*time, {}}) : std::nullopt;
  }
  auto day = floor<days>(after + one);
  auto time = after + one - day;
  for (const auto end = day + std::chrono::years(60); day < end; day += days(1), time = {}) {
    if (!schedule_.calendar.open(day)) continue;
    if (auto found = first_moved_to(day, time)) return found;
  }
  return std::nullopt;
}

// The first time on a business day, be it its own or one that moves to it from the days beside it.
std::optional<FireTimes::Local> FireTimes::first_moved_to(LocalDay day, seconds from) const {
  const auto& calendar = schedule_.calendar;
  std::optional<Local> first;
  if (const auto own = cron_->first_in(day, from)) first = Local{*own, {}};
  if (calendar.rule() == OffDay::skip) return first;
  const auto step = calendar.rule() == OffDay::next ? days(-1) : days(1);
  for (auto other = day + step;
       !calendar.open(other) && std::chrono::abs(other - day) <= longest_off; other += step) {
    const auto nominal = cron_->first_in(other, from);
    if (!nominal) continue;
    const auto moved = day + (*nominal - other);
    if (first && first->time <= moved) continue;
    first = Local{moved, fmt::format("{} is {}: moved to the {} business day", day_text(other),
                                     calendar.reason(other),
                                     calendar.rule() == OffDay::next ? "next" : "previous")};
  }
  return first;
}

std::optional<FireTime> FireTimes::next_of_interval(const Interval& interval) {
  const auto last = from_ + std::chrono::years(60);
  while (from_ < last) {
    const auto at = interval.at_or_after(from_);
    from_ = at + one;
    const auto offset = schedule_.zone.period_at(at).offset;
    const auto local = shown(at, offset);
    if (schedule_.calendar.open(floor<days>(local))) return FireTime{at, to_iso(local, offset), {}};
  }
  return std::nullopt;
}

}  // namespace orch::schedule
