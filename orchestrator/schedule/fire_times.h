// The instants at which a schedule fires, in order: its rhythm, seen through a calendar and a time
// zone. Pure: the same schedule has the same fire times for ever.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/base/time.h"
#include "orchestrator/schedule/calendar.h"
#include "orchestrator/schedule/rhythm.h"
#include "orchestrator/schedule/zone.h"

namespace orch::schedule {

struct Schedule {
  Rhythm rhythm;
  Zone zone{"UTC"};
  Calendar calendar = {};
  std::optional<Instant> start = {};  ///< nothing fires before it
  std::optional<Instant> end = {};    ///< nothing fires from it on
};

struct FireTime {
  Instant at;
  std::string local;   ///< in the schedule's zone: "2027-03-28T03:00:00+02:00"
  std::string reason;  ///< why a rule has moved it here; empty: no rule has
};

/// Walks over the fire times of a schedule.
///
/// Skipped and doubled hours: a time that the clocks skip fires when they have been put forward; a
/// time that comes twice fires the first time. A schedule whose hour field names every hour, and an
/// interval, count on the time that passes: what is skipped is left out, what comes twice fires
/// twice. Each instant fires once, however many times fall on it.
class FireTimes {
 public:
  /// Begins with the first fire time that is not before `from`. `schedule` must outlive the walk.
  FireTimes(const Schedule& schedule, Instant from);

  /// The next fire time; empty when there is none within 60 years.
  std::optional<FireTime> next();

 private:
  struct Local {
    LocalTime time;
    std::string reason;
  };
  std::optional<Local> next_local(LocalTime after) const;
  std::optional<Local> first_moved_to(LocalDay day, std::chrono::seconds from) const;
  std::optional<FireTime> next_of_cron();
  std::optional<FireTime> next_of_interval(const Interval& interval);
  std::optional<FireTime> after_gap(LocalTime gap_from);
  void enter(const Zone::Period& period);
  std::string doubled(LocalTime time) const;

  const Schedule& schedule_;
  const Cron* cron_;                   ///< null: an interval
  std::chrono::sys_seconds from_;      ///< what is before it has had its turn
  Zone::Period period_;                ///< of the zone, in which the walk is
  LocalTime seen_;                     ///< what the clocks have shown up to it has had its turn
  std::optional<LocalTime> gap_from_;  ///< the times from here to period_ were skipped
};

}  // namespace orch::schedule
