#include "workers/sqlite/publish.h"

#include <chrono>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/fault.h"
#include "workers/sqlite/bookkeeping.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/foreign_keys.h"
#include "workers/sqlite/names.h"
#include "workers/sqlite/planning.h"
#include "workers/sqlite/range.h"

namespace orch::sqlite {
namespace {

/// SQLite's expressions may nest 1000 deep, and `a OR b OR …` nests once a term.
constexpr std::size_t terms_in_a_group = 100;

workers::TaskFailed not_verified(const std::string& table, const data::LoadId& load,
                                 const std::optional<data::LoadRecord>& staged) {
  auto found = !staged                      ? std::string("no load is staged")
               : staged->load.id != load.id ? "load " + staged->load.id + " is staged"
                                            : std::string("it is staged and not verified");
  return {"Merge.NotVerified",
          fmt::format("{}: load {} cannot be published: {}", table, load.id, found),
          "stage and verify the table again",
          "ORCH-0503",
          {{"load", load.id}}};
}

class Publisher {
 public:
  Publisher(Database& db, const data::LoadPlan& plan)
      : db_(db),
        plan_(plan),
        target_("main." + quote(plan.request.target.name)),
        staging_("main." + quote(staging_name(plan.request.target.name))),
        columns_(column_list(plan)) {}

  data::Published run() {
    if (!describe_table(db_, plan_.request.target.name)) db_.exec(create_target_sql(plan_));
    data::Published published;
    switch (plan_.request.strategy) {
      case data::Strategy::replace:
        replace(published);
        break;
      case data::Strategy::upsert:
        upsert(published);
        break;
      case data::Strategy::append:
        append(published);
        break;
    }
    published.rows = count(target_);
    db_.exec("DROP TABLE " + staging_);
    return published;
  }

 private:
  void replace(data::Published& published) {
    published.method = "delete-insert";
    published.deleted = execute("DELETE FROM " + target_);
    published.inserted = execute(insert_sql());
  }

  void append(data::Published& published) {
    published.method = "insert";
    published.inserted = execute(insert_sql());
  }

  void upsert(data::Published& published) {
    published.method = "merge";
    refuse_repeated_keys();
    if (const auto update = update_sql(); !update.empty()) published.updated = execute(update);
    published.inserted = execute(fmt::format(
        "INSERT INTO {} ({}) SELECT {} FROM {} s WHERE NOT EXISTS (SELECT 1 FROM {} t WHERE {})",
        target_, columns_, columns_, staging_, target_, same_key()));
  }

  std::string insert_sql() const {
    return fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", target_, columns_, columns_,
                       staging_);
  }

  /// Updates the rows in which a value or its storage class differs; empty when the key is all
  /// there is.
  std::string update_sql() const {
    std::vector<std::string> assignments;
    std::vector<std::string> groups;
    for (const auto& column : plan_.columns) {
      if (is_key(column.name)) continue;
      const auto name = quote(column.name);
      // Binary comparison, for a column's own collation may take 'a' and 'A' for the same.
      const auto differs =
          fmt::format("t.{0} IS NOT s.{0} COLLATE BINARY OR typeof(t.{0}) <> typeof(s.{0})", name);
      if (assignments.size() % terms_in_a_group == 0) groups.emplace_back();
      groups.back() += (groups.back().empty() ? "" : " OR ") + differs;
      assignments.push_back(fmt::format("{0} = s.{0}", name));
    }
    if (assignments.empty()) return {};
    return fmt::format("UPDATE {} AS t SET {} FROM {} s WHERE {} AND (({}))", target_,
                       fmt::join(assignments, ", "), staging_, same_key(),
                       fmt::join(groups, ") OR ("));
  }

  std::string same_key() const {
    std::vector<std::string> same;
    for (const auto& key : plan_.request.key_columns)
      same.push_back(fmt::format("t.{0} IS s.{0}", quote(key)));
    return fmt::format("{}", fmt::join(same, " AND "));
  }

  bool is_key(const std::string& column) const {
    for (const auto& key : plan_.request.key_columns)
      if (same_name(key, column)) return true;
    return false;
  }

  void refuse_repeated_keys() {
    std::vector<std::string> key;
    for (const auto& column : plan_.request.key_columns) key.push_back("s." + quote(column));
    const auto columns = fmt::format("{}", fmt::join(key, ", "));
    const auto repeated = count(
        fmt::format("(SELECT 1 FROM {} s GROUP BY {} HAVING count(*) > 1)", staging_, columns));
    if (repeated > 0) throw conflict(fmt::format("{} keys come more than once", repeated));
  }

  std::int64_t execute(const std::string& sql) {
    try {
      Statement(db_, sql).run();
    } catch (const Error& error) {
      if (error.primary() != SQLITE_CONSTRAINT && error.primary() != SQLITE_MISMATCH) throw;
      throw conflict(error.reason());
    }
    return db_.changes();
  }

  std::int64_t count(const std::string& from) {
    Statement rows(db_, "SELECT count(*) FROM " + from);
    rows.step();
    return rows.int64(0);
  }

  workers::TaskFailed conflict(const std::string& found) const {
    return {"Merge.Conflict",
            fmt::format("{}: the staged rows break a rule of the table: {}",
                        plan_.request.target.name, found),
            "declare a check (unique, not_null) on the table to see it before the merge, and "
            "correct the source or the key columns",
            "ORCH-0505",
            {{"table", plan_.request.target.name}}};
  }

  Database& db_;
  const data::LoadPlan& plan_;
  std::string target_;
  std::string staging_;
  std::string columns_;
};

/// An append is right only on the state that its rows were selected for: what stands above the
/// watermark must not be there yet.
void check_watermark(Database& db, const data::LoadPlan& plan, const data::LoadRecord& staged) {
  const auto* watermark = staged.position.if_contains("watermark");
  if (plan.request.strategy != data::Strategy::append || !watermark) return;
  const auto& mark = watermark->as_object();
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const auto* value = mark.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
  };
  const auto described = describe_table(db, plan.request.target.name);
  const auto column = text("target_column");
  if (!described || !column) return;
  const auto now = largest(db, {described->table.name, ""}, *column, "");
  if (now == text("after")) return;
  throw workers::TaskFailed("Merge.Conflict",
                            fmt::format("{}: {} now reaches {}, and the load was selected above {}",
                                        plan.request.target.name, *column, now.value_or("nothing"),
                                        text("after").value_or("nothing")),
                            "another load was published in between: stage the table again",
                            "ORCH-0505");
}

data::Published publish_once(Database& db, const data::LoadPlan& plan, const data::LoadId& load,
                             const boost::json::object& detail) {
  if (auto done = read_evidence(db, load.id)) return *done;
  const auto& table = plan.request.target;
  hold_fence(db, table, load);
  const auto staged = read_load(db, table);
  if (!staged || staged->load.id != load.id || !staged->verified)
    throw not_verified(table.name, load, staged);
  check_watermark(db, plan, *staged);
  const auto published = Publisher(db, plan).run();
  check_foreign_keys(db, table.name, plan.request.strategy != data::Strategy::append);
  auto record = *staged;
  record.load = load;
  write_evidence(db, plan, record, published, detail);
  remove_load(db, table);
  return published;
}

}  // namespace

data::Published publish(const TargetFile& file, const data::LoadPlan& plan,
                        const data::LoadId& load, const boost::json::object& detail) {
  return guarded(file.place("publishing table " + plan.request.target.name), [&] {
    WriteTransaction transaction(file);
    auto published = publish_once(transaction.db(), plan, load, detail);
    if (published.repeated) return published;
    fault::point("merge.before_commit");
    transaction.commit();
    fault::point("merge.after_commit");
    return published;
  });
}

}  // namespace orch::sqlite
