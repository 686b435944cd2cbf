#include "workers/lake/strategies.h"

#include <fmt/format.h>

#include "orchestrator/base/count.h"
#include "workers/lake/session.h"
#include "workers/publishing/bookkeeping.h"

namespace orch::lake {
namespace {

using publishing::Changes;
using publishing::RowMerge;

/// Parquet files hold NULL in every column: the table's own word is kept here.
void refuse_nulls(RowMerge& merge) {
  for (const auto& column : merge.target.table.columns) {
    if (column.nullable) continue;
    const auto condition = merge.has_null({column.name}, "s.");
    const auto count = publishing::number(
        merge.session, fmt::format("SELECT count(*) FROM {} WHERE {}", merge.staged(), condition));
    if (count == 0) continue;
    throw merge.conflict(
        fmt::format("{} with NULL in {}, which is NOT NULL; first: {}", counted(count, "row"),
                    column.name, merge.examples(merge.plan.request.key_columns, condition)),
        "correct the source, or leave such rows out by a \"where\"");
  }
}

/// A digest of the staged rows was taken when they were verified.
data::Digest verified(RowMerge& merge) {
  return publishing::read_load(merge.session, merge.plan.request.target)->record.digest;
}

std::string not_there(const RowMerge& merge, const std::string& rows) {
  return fmt::format("NOT EXISTS (SELECT 1 FROM {} WHERE {})", rows,
                     merge.same(merge.plan.request.key_columns));
}

class FileStrategy : public publishing::RowStrategy {
 public:
  FileStrategy(LakeSession& session, data::Strategy strategy)
      : session_(session), strategy_(strategy) {}

  std::int64_t rows_after(RowMerge& merge, std::int64_t before) const override {
    return publishing::strategy_of(strategy_).rows_after(merge, before);
  }

 protected:
  LakeSession& lake() const { return session_; }

  /// The staged files are added as they are.
  void add_staged(RowMerge& merge, Changes& changes,
                  const std::vector<delta::AddedFile>& instead_of) const {
    changes.read_back = verified(merge);
    changes.inserted = changes.read_back->rows;
    session_.exchange_files(session_.staged().files, instead_of);
  }

 private:
  LakeSession& session_;
  data::Strategy strategy_;
};

class Replace final : public FileStrategy {
 public:
  using FileStrategy::FileStrategy;

  Changes apply(RowMerge& merge) const override {
    refuse_nulls(merge);
    if (const auto& key = merge.plan.request.key_columns; !key.empty())
      publishing::refuse_repeated_keys(merge, key);
    Changes changes;
    changes.method = "swap";
    add_staged(merge, changes, delta::files_of(lake().snapshot()));
    return changes;
  }
};

class Append final : public FileStrategy {
 public:
  using FileStrategy::FileStrategy;

  Changes apply(RowMerge& merge) const override {
    refuse_nulls(merge);
    Changes changes;
    changes.method = "insert";
    if (!merge.plan.request.reads_again) {
      add_staged(merge, changes, {});
      return changes;
    }
    const auto& key = merge.plan.request.key_columns;
    publishing::admit_null_keys(merge, key);
    publishing::refuse_repeated_keys(merge, key);
    add_new(merge, changes);
    return changes;
  }

 private:
  /// The rows whose key is not there.
  void add_new(RowMerge& merge, Changes& changes) const {
    const auto columns = publishing::list(merge.dialect, merge.plan.columns);
    const auto rows = fmt::format("SELECT {} FROM {} WHERE {}", columns, merge.staged(),
                                  not_there(merge, merge.rows()));
    changes.expected = merge.session.digest(merge.plan, rows, {});
    const auto files = lake().write_files("(" + rows + ")");
    changes.read_back = merge.session.digest(merge.plan, lake().rows_of(files), {});
    changes.inserted = changes.read_back->rows;
    lake().exchange_files(files, {});
  }
};

/// Rows that come or change are added; files with rows that change are written anew without those.
class Upsert final : public FileStrategy {
 public:
  using FileStrategy::FileStrategy;

  Changes apply(RowMerge& merge) const override {
    const auto& key = merge.plan.request.key_columns;
    refuse_nulls(merge);
    publishing::admit_null_keys(merge, key);
    publishing::refuse_repeated_keys(merge, key);
    Changes changes;
    changes.method = "merge";
    if (merge.empty) {
      add_staged(merge, changes, {});
      return changes;
    }
    const auto both =
        fmt::format("FROM {} JOIN {} ON {}", merge.rows(), merge.staged(), merge.same(key));
    const auto matched = publishing::number(merge.session, "SELECT count(*) " + both);
    changes.updated = publishing::number(
        merge.session, fmt::format("SELECT count(*) {} WHERE {}", both, differs(merge)));
    changes.inserted = publishing::staged_rows(merge) - matched;
    changes.published = fmt::format(
        "SELECT {} {}", publishing::list(merge.dialect, merge.plan.columns, "t."), both);
    if (changes.updated + changes.inserted > 0) exchange(merge, matched > changes.updated);
    return changes;
  }

 private:
  /// Condition on rows of one key: they are not the same to the byte.
  static std::string differs(const RowMerge& merge) {
    std::vector<std::string> differences;
    for (const auto& column : merge.plan.columns) {
      const auto name = merge.dialect.quote(column.name);
      differences.push_back(merge.dialect.differs(column, "t." + name, "s." + name));
    }
    return "(" + publishing::any_of(merge.dialect, differences) + ")";
  }

  /// `some_stay`: rows of the load are there as they are.
  void exchange(RowMerge& merge, bool some_stay) const {
    const auto columns = publishing::list(merge.dialect, merge.plan.columns);
    const auto same = merge.same(merge.plan.request.key_columns);
    const auto different = differs(merge);
    auto added = some_stay ? lake().write_files(fmt::format(
                                 "(SELECT {} FROM {} WHERE NOT EXISTS (SELECT 1 FROM {} WHERE {} "
                                 "AND NOT {}))",
                                 columns, merge.staged(), merge.rows(), same, different))
                           : lake().staged().files;
    std::vector<delta::AddedFile> changed;
    for (const auto& row : merge.session.rows(
             fmt::format("SELECT DISTINCT t.filename FROM ({}) AS t JOIN {} ON {} WHERE {}",
                         lake().rows_with_files(), merge.staged(), same, different)))
      changed.push_back(lake().file_named(*row[0]));
    if (!changed.empty()) {
      const auto kept = lake().write_files(fmt::format(
          "(SELECT {} FROM ({}) AS t WHERE NOT EXISTS (SELECT 1 FROM {} WHERE {} AND {}))", columns,
          lake().rows_of(changed), merge.staged(), same, different));
      added.insert(added.end(), kept.begin(), kept.end());
    }
    lake().exchange_files(added, changed);
  }
};

}  // namespace

std::unique_ptr<publishing::RowStrategy> make_strategy(LakeSession& session,
                                                       data::Strategy strategy) {
  switch (strategy) {
    case data::Strategy::replace:
      return std::make_unique<Replace>(session, strategy);
    case data::Strategy::append:
      return std::make_unique<Append>(session, strategy);
    case data::Strategy::upsert:
      return std::make_unique<Upsert>(session, strategy);
  }
  throw std::logic_error("a strategy of no kind");
}

}  // namespace orch::lake
