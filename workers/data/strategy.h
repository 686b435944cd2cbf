// How staged rows become the rows of a table, by name.
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

}  // namespace orch::data
