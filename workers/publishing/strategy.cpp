#include "workers/publishing/strategy.h"

#include <stdexcept>

#include <fmt/format.h>

namespace orch::publishing {

const RowStrategy& strategy_of(data::Strategy strategy) {
  switch (strategy) {
    case data::Strategy::replace:
      return replace_strategy();
    case data::Strategy::upsert:
      return upsert_strategy();
    case data::Strategy::append:
      return append_strategy();
  }
  throw std::logic_error("a strategy of no kind");
}

const RowStrategy& strategy_of(Session& session, data::Strategy strategy) {
  const auto* own = session.strategy(strategy);
  return own ? *own : strategy_of(strategy);
}

std::int64_t staged_rows(RowMerge& merge) {
  return number(merge.session, "SELECT count(*) FROM " + merge.staging);
}

std::int64_t new_keys(RowMerge& merge) {
  return number(
      merge.session,
      fmt::format("SELECT count(*) FROM {} WHERE NOT EXISTS (SELECT 1 FROM {} WHERE {})",
                  merge.staged(), merge.rows(), merge.same(merge.plan.request.key_columns)));
}

}  // namespace orch::publishing
