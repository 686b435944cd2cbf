#include "orchestrator/engine/item_selection.h"

namespace orch::engine {

void ItemSelection::make() {
  try {
    const auto made = copy.item_input(moment, ticket, index, item ? &*item : nullptr);
    input = json::Payload::of_text(made.text());
  } catch (const asl::EvaluationError& error) {
    refused = error.failure();
  }
}

}  // namespace orch::engine
