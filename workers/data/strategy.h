// How staged rows become the rows of a table, by name, and what each way promises.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace orch::data {

/// replace: the table holds the load; upsert: rows of the load are updated or inserted by key;
/// append: rows of the load are inserted.
enum class Strategy : std::uint8_t { replace, upsert, append };

/// The words of catalogs, load rows and evidence.
inline constexpr std::array<std::pair<const char*, Strategy>, 3> strategy_names = {
    {{"replace", Strategy::replace}, {"upsert", Strategy::upsert}, {"append", Strategy::append}}};

std::string strategy_name(Strategy strategy);
/// Throws std::logic_error for another word.
Strategy strategy_named(std::string_view name);

/// What a strategy promises and needs. Code outside of workers/publishing asks for these and
/// compares no strategies.
struct StrategyFacts {
  /// The table holds the load and nothing else afterwards: rows deleted in the source go, the
  /// source is read whole, and the table may be exchanged as a whole.
  bool whole_table = false;
  bool needs_key = false;
  bool updates_rows = false;  ///< rows that are there may change
  /// Rows that were published before may come again and change nothing. Where they may not, a load
  /// is right only on the state that its watermark was taken for.
  bool takes_again = false;
};

const StrategyFacts& facts_of(Strategy strategy);

}  // namespace orch::data
