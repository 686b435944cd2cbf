// upsert: rows of the load whose key is there are updated where they differ, the others inserted;
// rows that the load does not have stay.
#include <fmt/format.h>

#include "workers/publishing/strategy.h"

namespace orch::publishing {
namespace {

class Upsert final : public RowStrategy {
 public:
  std::int64_t rows_after(RowMerge& merge, std::int64_t before) const override {
    return before + new_keys(merge);
  }

  Changes apply(RowMerge& merge) const override {
    const auto& key = merge.plan.request.key_columns;
    admit_null_keys(merge, key);
    refuse_repeated_keys(merge, key);
    Changes changes;
    changes.method = "merge";
    if (merge.empty) {
      insert_all(merge, changes);
    } else {
      update_changed(merge, key, changes);
      insert_new(merge, key, changes);
    }
    changes.published = fmt::format("SELECT {} FROM {} JOIN {} ON {}",
                                    list(merge.dialect, merge.plan.columns, "t."), merge.rows(),
                                    merge.staged(), merge.same(key));
    return changes;
  }
};

}  // namespace

const RowStrategy& upsert_strategy() {
  static const Upsert strategy;
  return strategy;
}

}  // namespace orch::publishing
