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

}  // namespace orch::data
