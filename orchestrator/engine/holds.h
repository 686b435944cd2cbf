// What people hold back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/store/limits.h"

namespace orch::engine {

/// The pipeline of a run; empty: it belongs to none.
std::string pipeline_of(const store::ExecutionRow& run);

/// What waits for it waits for "connection core, held until 2027-01-01T06:00:00.000Z by ada: index
/// build".
std::string describe_hold(const store::HoldRow& hold);

/// The holds of a store, by subject. Pure; what is over holds nothing.
class Holds {
 public:
  void load(std::vector<store::HoldRow> rows);
  void put(store::HoldRow hold) { holds_.insert_or_assign(hold.subject, std::move(hold)); }
  void remove(const std::string& subject) { holds_.erase(subject); }

  bool any() const { return !holds_.empty(); }
  bool any_of_connections() const;
  /// What keeps a run from going on, whatever it needs; null: nothing.
  const store::HoldRow* on_run(const store::ExecutionRow& run, Instant now) const;
  /// What keeps a task of the run from using the connection; null: nothing.
  const store::HoldRow* on_connection(const std::string& name, const store::ExecutionRow& run,
                                      Instant now) const;
  /// Subjects of those whose time is over.
  std::vector<std::string> over(Instant now) const;
  /// When the first is over; Instant::max(): none is by itself.
  Instant next_end() const;

 private:
  const store::HoldRow* on(const std::string& subject, const store::ExecutionRow& run,
                           Instant now) const;

  std::map<std::string, store::HoldRow> holds_;
};

}  // namespace orch::engine
