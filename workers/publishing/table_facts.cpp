#include "workers/publishing/table_facts.h"

#include <fmt/format.h>

#include "workers/data/digest.h"

namespace orch::publishing {

std::string state_of(const data::Table& table, std::string_view kind) {
  auto text = fmt::format("{}\x1e", kind);
  for (const auto& column : table.columns)
    text += fmt::format("{}\x1f{}\x1f{}{}\x1e", column.name, column.native.shown(),
                        column.nullable ? 1 : 0, column.generated ? 1 : 0);
  data::Digest hash;
  hash.add(text);
  return hash.hex();
}

}  // namespace orch::publishing
