#include "workers/postgres/checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/data/expression.h"
#include "workers/postgres/describe.h"
#include "workers/postgres/names.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

class Checker {
 public:
  Checker(pg::Connection& connection, const data::LoadPlan& plan)
      : connection_(connection),
        plan_(plan),
        staging_(qualified(staging_of(plan.request.target))) {}

  data::CheckResult run(const data::Check& check) {
    using Type = data::Check::Type;
    switch (check.type) {
      case Type::not_null:
        return not_null(check);
      case Type::unique:
        return unique(check);
      case Type::min_rows:
        return bound(check, staged_rows(), static_cast<double>(staged_rows()) >= check.bound, ">=");
      case Type::max_rows:
        return bound(check, staged_rows(), static_cast<double>(staged_rows()) <= check.bound, "<=");
      case Type::max_growth_percent:
        return change(check, 1);
      case Type::max_shrink_percent:
        return change(check, -1);
      case Type::sql:
        return condition(check);
    }
    return {};
  }

 private:
  data::CheckResult not_null(const data::Check& check) {
    std::vector<std::string> conditions;
    for (const auto& column : check.columns) conditions.push_back(pg::quote(column) + " IS NULL");
    const auto nulls = count(fmt::format("{} WHERE {}", staging_, fmt::join(conditions, " OR ")));
    return {check.name, nulls == 0, fmt::format("{} rows with NULL", nulls), "none"};
  }

  data::CheckResult unique(const data::Check& check) {
    const auto repeated = count(fmt::format("(SELECT FROM {} GROUP BY {} HAVING count(*) > 1) r",
                                            staging_, list(check.columns)));
    return {check.name, repeated == 0, fmt::format("{} keys come more than once", repeated),
            "none"};
  }

  data::CheckResult condition(const data::Check& check) {
    const auto sql =
        data::enclosed(check.sql, data::SqlDialect::postgresql,
                       {"Check.Invalid", fmt::format("check \"{}\"", check.name),
                        "a check is one condition on the staged columns", "ORCH-0508"});
    const auto broken = count(fmt::format("{} WHERE {} IS NOT TRUE", staging_, sql));
    return {check.name, broken == 0, fmt::format("{} rows break it", broken), "none"};
  }

  // Against the published table; the first load has nothing to compare with.
  data::CheckResult change(const data::Check& check, int direction) {
    const auto& target = plan_.request.target;
    const auto expected = fmt::format("at most {:g} %", check.bound);
    if (!describe_table(connection_, target)) return {check.name, true, "first load", expected};
    const auto before = count(qualified(target));
    if (before == 0) return {check.name, true, "the table was empty", expected};
    const auto percent = 100.0 * static_cast<double>(direction) *
                         (static_cast<double>(staged_rows()) - static_cast<double>(before)) /
                         static_cast<double>(before);
    return {check.name, percent <= check.bound,
            fmt::format("{:.2f} % ({} rows after {})", percent, staged_rows(), before), expected};
  }

  data::CheckResult bound(const data::Check& check, std::int64_t found, bool passed,
                          const char* relation) const {
    return {check.name, passed, fmt::format("{} rows", found),
            fmt::format("{} {:g}", relation, check.bound)};
  }

  std::int64_t staged_rows() {
    if (rows_ < 0) rows_ = count(staging_);
    return rows_;
  }

  std::int64_t count(const std::string& from) {
    return connection_.exec("SELECT count(*) FROM " + from).int64(0, 0);
  }

  pg::Connection& connection_;
  const data::LoadPlan& plan_;
  std::string staging_;
  std::int64_t rows_ = -1;
};

}  // namespace

std::vector<data::CheckResult> run_checks(pg::Connection& connection, const data::LoadPlan& plan,
                                          const std::vector<data::Check>& checks) {
  std::vector<data::CheckResult> results;
  for (const auto& check : checks) {
    try {
      const pg::Transaction reading(connection, "BEGIN READ ONLY");
      results.push_back(Checker(connection, plan).run(check));
    } catch (const pg::Error& error) {
      if (!error.sqlstate().starts_with("42") && !error.sqlstate().starts_with("22")) throw;
      throw workers::TaskFailed(
          "Check.Invalid",
          fmt::format("{}: the check \"{}\" cannot be run: {}", plan.request.target.display(),
                      check.name, error.what()),
          "correct the check in the catalog", "ORCH-0508");
    }
  }
  return results;
}

}  // namespace orch::postgres
