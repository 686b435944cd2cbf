// How fresh a pipeline's data is promised to be.
//
//   {"by": "07:00", "zone": "Europe/Berlin"}    a success each day, by this time of the zone's
//   clocks
//   {"max_age": "24h"}                          the latest success is never older
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "orchestrator/base/time.h"
#include "orchestrator/json/fields.h"

namespace orch::alerts {

struct Promise {
  std::optional<std::chrono::minutes> by;  ///< time of day
  std::string zone = "UTC";
  /// How long before the deadline a success may be; unset: since midnight.
  std::optional<std::chrono::seconds> within = {};
  std::optional<std::chrono::seconds> max_age = {};
};

/// The members by, zone, within and max_age of `fields`; empty without by and max_age.
std::optional<Promise> read_promise(json::Fields& fields);

/// The member "fresh" of a pipeline, an object with these members; empty when it is absent.
std::optional<Promise> read_fresh(json::Fields& document);

/// A promise that is not kept.
struct Lateness {
  Instant deadline;
  std::string text;  ///< for people
};

/// Whether the promise is broken at `now`, given the latest success. Nothing was promised before
/// `since`.
std::optional<Lateness> lateness(const Promise& promise, std::optional<Instant> last_success,
                                 Instant since, Instant now);

}  // namespace orch::alerts
