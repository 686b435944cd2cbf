#include "workers/sqlite/write_turn.h"

#include <memory>
#include <utility>

namespace orch::sqlite {

std::optional<Database> WriteTurn::take() {
  const auto left = std::exchange(turn_.left(), nullptr);
  if (!left) return std::nullopt;
  return std::move(*std::static_pointer_cast<Database>(left));
}

void WriteTurn::leave(Database db) { turn_.left() = std::make_shared<Database>(std::move(db)); }

}  // namespace orch::sqlite
