#include "workers/sqlite/checks.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/db/sqlite_authorizer.h"
#include "workers/data/expression.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/names.h"
#include "workers/sqlite/number_text.h"
#include "workers/worker.h"

namespace orch::sqlite {
namespace {

using Type = data::Check::Type;

class Checker {
 public:
  Checker(Database& db, const data::LoadPlan& plan)
      : db_(db), plan_(plan), staging_(staging_name(plan.request.target.name)) {
    const auto described = describe_table(db, staging_);
    rowid_ = described && !described->rowid.empty() ? described->rowid : "NULL";
  }

  data::CheckResult run(const data::Check& check) {
    try {
      return judge(check);
    } catch (const Error& error) {
      if (!refuses_the_sql(error)) throw;
      throw workers::TaskFailed("Check.Invalid",
                                fmt::format("check \"{}\": {}", check.name, error.reason()),
                                "a check is a condition on the staged columns, in SQLite's SQL",
                                "ORCH-0508", {{"check", check.name}});
    }
  }

 private:
  data::CheckResult judge(const data::Check& check) {
    switch (check.type) {
      case Type::not_null:
        return not_null(check);
      case Type::unique:
        return unique(check);
      case Type::sql:
        return condition(check);
      case Type::min_rows:
        return bound(check, staged() >= rounded(check.bound),
                     fmt::format("at least {} rows", rounded(check.bound)));
      case Type::max_rows:
        return bound(check, staged() <= rounded(check.bound),
                     fmt::format("at most {} rows", rounded(check.bound)));
      case Type::max_growth_percent:
        return change(check, 1, "growth");
      case Type::max_shrink_percent:
        return change(check, -1, "shrinkage");
    }
    throw std::logic_error("a check of no type");
  }

  data::CheckResult not_null(const data::Check& check) {
    std::vector<std::string> nulls;
    for (const auto& column : check.columns) nulls.push_back(name(column) + " IS NULL");
    return none(check, fmt::format("{}", fmt::join(nulls, " OR ")), "no row with NULL");
  }

  data::CheckResult condition(const data::Check& check) {
    const auto sql =
        data::enclosed(check.sql, data::SqlDialect::sqlite,
                       {"Check.Invalid", fmt::format("check \"{}\"", check.name),
                        "a check is one condition on the staged columns", "ORCH-0508"});
    const Authorizer reading(db_, Authorizer::Permit::reading);
    return none(check, sql + " IS NOT TRUE", "every row meets it");
  }

  /// Passes when no staged row meets `bad`.
  data::CheckResult none(const data::Check& check, const std::string& bad, std::string expected) {
    Statement find(db_, fmt::format("SELECT count(*), min({}) FROM {} WHERE {}", rowid_,
                                    quote(staging_), bad));
    find.step();
    const auto count = find.int64(0);
    auto found = fmt::format("{} rows", count);
    if (count > 0) found += fmt::format(" that do not, the first is row {}", find.int64(1));
    return {check.name, count == 0, found, std::move(expected)};
  }

  data::CheckResult unique(const data::Check& check) {
    std::vector<std::string> columns;
    std::vector<std::string> present;  // rows with a NULL in the key are distinct, as in SQL
    for (const auto& column : check.columns) {
      columns.push_back(name(column));
      present.push_back(columns.back() + " IS NOT NULL");
    }
    const auto key = fmt::format("{}", fmt::join(columns, ", "));
    Statement find(db_, fmt::format("SELECT count(*), min(first) FROM (SELECT min({}) AS first "
                                    "FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1)",
                                    rowid_, quote(staging_), fmt::join(present, " AND "), key));
    find.step();
    const auto count = find.int64(0);
    auto found = fmt::format("{} keys more than once", count);
    if (count > 0) found += fmt::format(", the first in row {}", find.int64(1));
    return {check.name, count == 0, found, "every key once"};
  }

  data::CheckResult bound(const data::Check& check, bool passed, std::string expected) {
    return {check.name, passed, fmt::format("{} rows", staged()), std::move(expected)};
  }

  /// Compares the rows of the table after the merge with those before it.
  data::CheckResult change(const data::Check& check, int sign, std::string_view word) {
    const auto expected = fmt::format("{} of at most {} %", word, real_text(check.bound));
    const auto before = published();
    if (!before || *before == 0) return {check.name, true, "nothing published yet", expected};
    const auto after = rows_after(*before);
    const auto percent =
        100.0 * static_cast<double>(sign * (after - *before)) / static_cast<double>(*before);
    return {check.name, percent <= check.bound,
            fmt::format("{:.1f} %: {} rows after {}", std::max(percent, 0.0), after, *before),
            expected};
  }

  std::int64_t rows_after(std::int64_t before) {
    switch (plan_.request.strategy) {
      case data::Strategy::append:
        return before + staged();
      case data::Strategy::upsert:
        return before + new_keys();
      case data::Strategy::replace:
        break;
    }
    return staged();
  }

  std::int64_t new_keys() {
    std::vector<std::string> same;
    for (const auto& key : plan_.request.key_columns)
      same.push_back(fmt::format("t.{0} IS s.{0}", quote(key)));
    return count(fmt::format("{} s WHERE NOT EXISTS (SELECT 1 FROM {} t WHERE {})", quote(staging_),
                             quote(plan_.request.target.name), fmt::join(same, " AND ")));
  }

  std::int64_t staged() { return count(quote(staging_)); }

  std::optional<std::int64_t> published() {
    const auto& target = plan_.request.target.name;
    if (!describe_table(db_, target)) return std::nullopt;
    return count(quote(target));
  }

  std::int64_t count(const std::string& from) {
    Statement rows(db_, "SELECT count(*) FROM " + from);
    rows.step();
    return rows.int64(0);
  }

  /// A column of the staging table, which must have it: SQLite takes an unknown quoted name alone
  /// for a text.
  std::string name(const std::string& column) const {
    return quote(staging_) + "." + quote(column);
  }

  static std::int64_t rounded(double bound) { return std::llround(bound); }

  Database& db_;
  const data::LoadPlan& plan_;
  std::string staging_;
  std::string rowid_;
};

}  // namespace

std::vector<data::CheckResult> run_checks(Database& db, const data::LoadPlan& plan,
                                          const std::vector<data::Check>& checks) {
  Checker checker(db, plan);
  std::vector<data::CheckResult> results;
  results.reserve(checks.size());
  for (const auto& check : checks) results.push_back(checker.run(check));
  return results;
}

}  // namespace orch::sqlite
