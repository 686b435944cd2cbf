#include "workers/publishing/strategy.h"

#include <stdexcept>

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

std::int64_t staged_rows(RowMerge& merge) {
  return number(merge.session, "SELECT count(*) FROM " + merge.staging);
}

}  // namespace orch::publishing
