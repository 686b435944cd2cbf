#include "workers/publishing/checks.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/count.h"
#include "orchestrator/base/error.h"
#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/examples.h"
#include "workers/publishing/strategy.h"

namespace orch::publishing {
namespace {

using Type = data::Check::Type;

/// Where an author's SQL enters a statement. Throws TaskFailed "Check.Invalid".
std::string condition_of(const data::Check& check, const Dialect& dialect) {
  return data::enclosed(check.sql, dialect.rules(),
                        {"Check.Invalid", fmt::format("check \"{}\"", check.name),
                         "a check is one condition on the staged columns", "ORCH-0508"});
}

class Checker {
 public:
  Checker(Session& session, const data::LoadPlan& plan, const data::TableName& staging)
      : session_(session),
        plan_(plan),
        facts_(session.facts(plan.request.target)),
        merge_(session, plan, facts_ ? *facts_ : no_table_, staging, !facts_) {}

  data::CheckResult run(const data::Check& check) {
    try {
      return judge(check);
    } catch (const data::DatabaseError& error) {
      using data::ErrorClass;
      if (error.error_class() != ErrorClass::statement && error.error_class() != ErrorClass::value)
        throw;
      throw workers::TaskFailed(
          "Check.Invalid",
          fmt::format("{}: the check \"{}\" cannot be run: {}", plan_.request.target.display(),
                      check.name, error.what()),
          "a check is a condition on the staged columns, in the SQL of the target", "ORCH-0508",
          {{"check", check.name}});
    }
  }

 private:
  data::CheckResult judge(const data::Check& check) {
    switch (check.type) {
      case Type::not_null:
        return none(check, merge_.has_null(check.columns, "s."), "no row with NULL");
      case Type::unique:
        return none(check, shares_key(session_.dialect(), merge_.staging, check.columns),
                    "every key once");
      case Type::sql:
        return condition(check);
      case Type::min_rows:
        return bound(check, staged() >= std::llround(check.bound), "at least");
      case Type::max_rows:
        return bound(check, staged() <= std::llround(check.bound), "at most");
      case Type::max_growth_percent:
        return change(check, 1, "growth");
      case Type::max_shrink_percent:
        return change(check, -1, "shrinkage");
    }
    throw std::logic_error("a check of no type");
  }

  data::CheckResult condition(const data::Check& check) {
    const auto sql = condition_of(check, session_.dialect());
    data::CheckResult result;
    session_.reading([&] { result = none(check, sql + " IS NOT TRUE", "every row meets it"); });
    return result;
  }

  /// Passes when no staged row meets `bad`.
  data::CheckResult none(const data::Check& check, const std::string& bad, std::string expected) {
    const auto count =
        number(session_, fmt::format("SELECT count(*) FROM {} WHERE {}", merge_.staged(), bad));
    if (count == 0) return {check.name, true, "0 rows violate it", std::move(expected)};
    return {check.name, false,
            fmt::format("{} it; first: {}",
                        count == 1 ? "1 row violates" : counted(count, "row") + " violate",
                        merge_.examples(plan_.request.key_columns, bad)),
            std::move(expected)};
  }

  data::CheckResult bound(const data::Check& check, bool passed, const char* relation) {
    return {check.name, passed, counted(staged(), "row"),
            fmt::format("{} {}", relation, counted(std::llround(check.bound), "row"))};
  }

  /// Compares the rows of the table after the publish with those before it.
  data::CheckResult change(const data::Check& check, int sign, std::string_view word) {
    const auto expected = fmt::format("{} of at most {:g} %", word, check.bound);
    const auto before = rows_before();
    if (before == 0) return {check.name, true, "nothing published yet", expected};
    const auto after = strategy_of(plan_.request.strategy).rows_after(merge_, before);
    const auto percent =
        100.0 * static_cast<double>(sign * (after - before)) / static_cast<double>(before);
    return {check.name, percent <= check.bound,
            fmt::format("{:.1f} %: {} after {}", std::max(percent, 0.0), counted(after, "row"),
                        grouped(before)),
            expected};
  }

  std::int64_t rows_before() {
    if (!facts_) return 0;
    if (data::facts_of(plan_.request.strategy).whole_table)
      return number(session_, "SELECT count(*) FROM " + facts_->rows);
    return rows_left(session_, plan_.request.target, *facts_);
  }

  std::int64_t staged() { return staged_rows(merge_); }

  Session& session_;
  const data::LoadPlan& plan_;
  std::optional<TableFacts> facts_;
  TableFacts no_table_;
  RowMerge merge_;
};

/// A SELECT of rows as they will be staged, to be explained; empty where types of theirs are still
/// to be made.
std::string rows_to_stage(Session& session, const data::LoadPlan& plan) {
  const auto& dialect = session.dialect();
  if (const auto facts = session.facts(dialect.stored(plan.request.target)))
    return fmt::format("SELECT {} FROM {}", list(dialect, plan.columns), facts->rows);
  if (!plan.create_types.empty()) return {};
  std::vector<std::string> columns;
  for (const auto& column : plan.columns)
    columns.push_back(dialect.null_of(column) + " AS " + dialect.quote(column.name));
  return fmt::format("SELECT {}", fmt::join(columns, ", "));
}

void explain(Session& session, const std::string& rows, const data::Check& check) {
  const auto sql = condition_of(check, session.dialect());
  if (rows.empty()) return;
  session.reading([&] {
    session.rows(fmt::format("EXPLAIN SELECT 1 FROM ({}) AS s WHERE {} IS NOT TRUE", rows, sql));
  });
}

}  // namespace

std::vector<std::string> check_problems(Session& session, const data::LoadPlan& plan,
                                        const std::vector<data::Check>& checks) {
  if (checks.empty()) return {};
  std::vector<std::string> names, problems;
  for (const auto& column : plan.columns) names.push_back(column.name);
  const auto rows = rows_to_stage(session, plan);
  for (const auto& check : checks) {
    for (const auto& column : check.columns)
      if (!contains(session.dialect(), names, column))
        problems.push_back(fmt::format("the check \"{}\": no column \"{}\" is copied{}", check.name,
                                       column, did_you_mean(column, names)));
    if (check.type != Type::sql) continue;
    try {
      explain(session, rows, check);
    } catch (const workers::TaskFailed& failed) {
      problems.emplace_back(failed.what());
    } catch (const data::DatabaseError& error) {
      using data::ErrorClass;
      if (error.error_class() == ErrorClass::lost || error.error_class() == ErrorClass::down) throw;
      problems.push_back(
          fmt::format("the check \"{}\" cannot be run: {}", check.name, error.what()));
    }
  }
  return problems;
}

std::vector<data::CheckResult> run_checks(Session& session, const data::LoadPlan& plan,
                                          const data::TableName& staging,
                                          const std::vector<data::Check>& checks) {
  if (checks.empty()) return {};
  Checker checker(session, plan, staging);
  std::vector<data::CheckResult> results;
  results.reserve(checks.size());
  for (const auto& check : checks) results.push_back(checker.run(check));
  return results;
}

}  // namespace orch::publishing
