#include "workers/data/strategy.h"

#include <stdexcept>

namespace orch::data {

std::string strategy_name(Strategy strategy) {
  for (const auto& [name, value] : strategy_names)
    if (value == strategy) return name;
  throw std::logic_error("a strategy without a name");
}

Strategy strategy_named(std::string_view name) {
  for (const auto& [word, value] : strategy_names)
    if (name == word) return value;
  throw std::logic_error("no strategy " + std::string(name));
}

const StrategyFacts& facts_of(Strategy strategy) {
  static constexpr StrategyFacts replace{
      .whole_table = true, .needs_key = false, .updates_rows = true, .takes_again = true};
  static constexpr StrategyFacts upsert{
      .whole_table = false, .needs_key = true, .updates_rows = true, .takes_again = true};
  static constexpr StrategyFacts append{
      .whole_table = false, .needs_key = false, .updates_rows = false, .takes_again = false};
  switch (strategy) {
    case Strategy::replace:
      return replace;
    case Strategy::upsert:
      return upsert;
    case Strategy::append:
      return append;
  }
  throw std::logic_error("a strategy without facts");
}

}  // namespace orch::data
