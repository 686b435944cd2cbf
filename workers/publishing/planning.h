// From a request to a plan: what every target decides in the same way.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workers/publishing/dialect.h"

namespace orch::publishing {

/// Collects what does not fit, to tell all of it at once.
class PlanProblems {
 public:
  /// Names, keys and columns of the two tables do not go together.
  void mismatch(std::string what) { mismatches_.push_back(std::move(what)); }
  /// A type cannot hold what comes.
  void unsupported(std::string what) { unsupported_.push_back(std::move(what)); }
  /// Throws TaskFailed "Schema.Mismatch" (ORCH-0435) or "Type.Unsupported" (ORCH-0410).
  void throw_if_any(const data::PlanRequest& request) const;

 private:
  std::vector<std::string> mismatches_;
  std::vector<std::string> unsupported_;
};

/// The table that a load goes to, as the plan sees it.
struct PlannedTable {
  data::Table table;
  std::string state;         ///< see state_of()
  std::string unusable;      ///< why no rows can be loaded into it; empty: they can
  std::vector<bool> needed;  ///< of each column: it must be given a value
};

/// What a target decides for one column; both add to the plan's problems.
class ColumnPlanner {
 public:
  virtual ~ColumnPlanner() = default;
  /// The column to create for source column `i`.
  virtual data::Column new_column(std::size_t i, data::LoadPlan& plan, PlanProblems& problems) = 0;
  /// Source column `i` goes to `column`: fills `plan.expressions` where the target reads one.
  virtual void fit(std::size_t i, const data::Column& column, data::LoadPlan& plan,
                   PlanProblems& problems) = 0;
};

/// The plan for `request` against the table that exists, or the one to be created.
data::LoadPlan make_plan(const Dialect& dialect, const data::PlanRequest& request,
                         const std::optional<PlannedTable>& existing, ColumnPlanner& columns);

}  // namespace orch::publishing
