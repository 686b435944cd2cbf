// append: the rows of the load are inserted; what is there stays as it is.
#include <fmt/format.h>

#include "workers/publishing/strategy.h"

namespace orch::publishing {
namespace {

class Append final : public RowStrategy {
 public:
  std::int64_t rows_after(RowMerge& merge, std::int64_t before) const override {
    if (!merge.plan.request.reads_again) return before + staged_rows(merge);
    return before + new_keys(merge);
  }

  Changes apply(RowMerge& merge) const override {
    Changes changes;
    changes.method = "insert";
    if (merge.plan.request.reads_again) leave_present_alone(merge, changes);
    const auto key = unique_key(merge);
    insert_all(merge, changes, key.empty() && merge.plan.request.proof == data::Proof::full);
    if (!key.empty())
      changes.published = fmt::format("SELECT {} FROM {} JOIN {} ON {}",
                                      list(merge.dialect, merge.plan.columns, "t."), merge.rows(),
                                      merge.staged(), merge.same(key));
    return changes;
  }

 private:
  static void leave_present_alone(RowMerge& merge, Changes& changes) {
    const auto& key = merge.plan.request.key_columns;
    admit_null_keys(merge, key);
    refuse_repeated_keys(merge, key);
    if (merge.empty) return;
    drop_present(merge, key);
    changes.expected = merge.session.digest(
        merge.plan,
        fmt::format("SELECT {} FROM {}", list(merge.dialect, merge.plan.columns), merge.staging),
        {});
  }

  /// Columns by which the table finds the rows of the load again, and no others.
  static std::vector<std::string> unique_key(const RowMerge& merge) {
    for (const auto& unique : merge.target.unique) {
      bool filled = !unique.nullable;
      for (const auto& name : unique.columns)
        filled = filled && find_column(merge.dialect, merge.plan.columns, name);
      if (filled) return unique.columns;
    }
    return {};
  }
};

}  // namespace

const RowStrategy& append_strategy() {
  static const Append strategy;
  return strategy;
}

}  // namespace orch::publishing
