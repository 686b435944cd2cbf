// Time zones of the IANA database, as periods with one offset.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/base/time.h"

namespace date {
class time_zone;
}

namespace orch::schedule {

/// A time zone. Cheap to copy; the database is read once in a process and never freed. Any thread.
class Zone {
 public:
  /// Throws Error ORCH-0702 for a name that the system's database (/usr/share/zoneinfo) does not
  /// have.
  explicit Zone(std::string_view name);

  /// A time in which clocks differ from UTC by the same `offset`.
  struct Period {
    std::chrono::sys_seconds begin;
    std::chrono::sys_seconds end;  ///< the first second of the next period
    std::chrono::seconds offset;
  };
  Period period_at(std::chrono::sys_seconds instant) const;
  /// When clocks show `time`; of a time that they skip, the instant as if they had not yet.
  std::chrono::sys_seconds instant_of(std::chrono::local_seconds time) const;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
  const date::time_zone* zone_;
};

/// A time with its offset, or a day or a time of day (`2027-03-27`, `2027-03-27 06:00`) on the
/// clocks of the zone. Empty for any other text.
std::optional<Instant> read_time(std::string text, const Zone& zone);

/// `2027-03-28T03:00:00+02:00`.
std::string to_iso(std::chrono::local_seconds time, std::chrono::seconds offset);

}  // namespace orch::schedule
