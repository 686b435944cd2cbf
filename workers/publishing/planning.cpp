#include "workers/publishing/planning.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/count.h"
#include "orchestrator/base/error.h"
#include "workers/publishing/strategy.h"

namespace orch::publishing {
namespace {

boost::json::array array_of(const std::vector<std::string>& list) {
  boost::json::array out;
  for (const auto& item : list) out.emplace_back(item);
  return out;
}

class Planner {
 public:
  Planner(const Dialect& dialect, const data::PlanRequest& request,
          const std::optional<PlannedTable>& existing, ColumnPlanner& columns)
      : dialect_(dialect), request_(request), existing_(existing), columns_(columns) {
    plan_.request = request;
    plan_.request.target = dialect.stored(request.target);
    plan_.create = !existing;
    if (existing) plan_.target_state = existing->state;
  }

  data::LoadPlan run() {
    if (request_.source.columns.empty()) problems_.mismatch("no column is left to copy");
    check_names();
    if (existing_ && !existing_->unusable.empty()) problems_.mismatch(existing_->unusable);
    for (std::size_t i = 0; i < request_.source.columns.size(); ++i) add_column(i);
    if (existing_) check_needed();
    check_key();
    problems_.throw_if_any(plan_.request);
    plan_.fingerprint = fingerprint();
    return std::move(plan_);
  }

 private:
  /// As the target will store them: two names may be one there.
  void check_names() {
    if (auto problem = dialect_.table_problem(plan_.request.target); !problem.empty())
      problems_.mismatch(std::move(problem));
    const auto& names = request_.target_columns;
    if (const auto most = dialect_.most_columns(); names.size() > most)
      problems_.mismatch(fmt::format("{} columns, and a table of the target has at most {}",
                                     grouped(std::ssize(names)),
                                     grouped(static_cast<std::int64_t>(most))));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (auto problem = dialect_.column_problem(names[i]); !problem.empty())
        problems_.mismatch(fmt::format("the column name \"{}\" {}", names[i], problem));
      for (std::size_t j = 0; j < i; ++j)
        if (dialect_.same_name(names[i], names[j]))
          problems_.mismatch(fmt::format("two source columns go to column \"{}\"", names[i]));
    }
  }

  void add_column(std::size_t i) {
    if (!existing_) {
      plan_.columns.push_back(columns_.new_column(i, plan_, problems_));
      return columns_.fit(i, plan_.columns.back(), plan_, problems_);
    }
    const auto& name = request_.target_columns[i];
    const auto* there = find_column(dialect_, existing_->table.columns, name);
    if (!there)
      return problems_.mismatch(fmt::format("the target has no column \"{}\"{}", name,
                                            did_you_mean(name, names_of(existing_->table))));
    if (there->generated)
      problems_.mismatch(fmt::format("column \"{}\" of the target is generated", there->name));
    plan_.columns.push_back(*there);
    columns_.fit(i, *there, plan_, problems_);
  }

  void check_needed() {
    const auto& columns = existing_->table.columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (existing_->needed[i] && !contains(dialect_, request_.target_columns, columns[i].name))
        problems_.mismatch(fmt::format(
            "nothing fills column \"{}\", which is NOT NULL without a default", columns[i].name));
  }

  /// A key holds no NULL in a table that is made for it, even where the source's declaration would
  /// allow it, as SQLite's PRIMARY KEY does.
  void check_key() {
    if (request_.key_columns.empty() && data::facts_of(request_.strategy).needs_key)
      problems_.mismatch(fmt::format("{} needs key columns, and the source has none",
                                     data::strategy_name(request_.strategy)));
    for (const auto& key : request_.key_columns) {
      if (!contains(dialect_, request_.target_columns, key))
        problems_.mismatch(fmt::format("key column \"{}\" is not copied{}", key,
                                       did_you_mean(key, request_.target_columns)));
      for (auto& column : plan_.columns)
        if (!existing_ && dialect_.same_name(column.name, key)) column.nullable = false;
    }
  }

  std::string fingerprint() const {
    std::string text;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
      const auto& from = request_.source.columns[i];
      const auto& to = plan_.columns[i];
      text += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1e", from.name, from.native.shown(), to.name,
                          to.native.shown());
    }
    data::Digest hash;
    hash.add(text);
    return hash.hex();
  }

  static std::vector<std::string> names_of(const data::Table& table) {
    std::vector<std::string> names;
    for (const auto& column : table.columns) names.push_back(column.name);
    return names;
  }

  const Dialect& dialect_;
  const data::PlanRequest& request_;
  const std::optional<PlannedTable>& existing_;
  ColumnPlanner& columns_;
  data::LoadPlan plan_;
  PlanProblems problems_;
};

}  // namespace

void PlanProblems::throw_if_any(const data::PlanRequest& request) const {
  const auto failure = [&](const char* error, const std::vector<std::string>& list,
                           const char* hint, const char* code) {
    return workers::TaskFailed(
        error,
        fmt::format("{} cannot be loaded into {}: {}",
                    request.source.name.name.empty() ? "the query" : request.source.name.display(),
                    request.target.display(), fmt::join(list, "; ")),
        hint, code, {{"problems", array_of(list)}});
  };
  if (!mismatches_.empty())
    throw failure("Schema.Mismatch", mismatches_,
                  "map, exclude or add the columns in the catalog, or change the target table",
                  "ORCH-0435");
  if (!unsupported_.empty())
    throw failure("Type.Unsupported", unsupported_,
                  "exclude the columns, or give them another type", "ORCH-0410");
}

data::LoadPlan make_plan(const Dialect& dialect, const data::PlanRequest& request,
                         const std::optional<PlannedTable>& existing, ColumnPlanner& columns) {
  return Planner(dialect, request, existing, columns).run();
}

}  // namespace orch::publishing
