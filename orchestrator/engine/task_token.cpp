#include "orchestrator/engine/task_token.h"

#include <charconv>

#include "orchestrator/base/error.h"

namespace orch::engine {

TaskToken parse_task_token(const std::string& text) {
  const auto secret = text.rfind('.');
  const auto number = secret == text.npos ? text.npos : text.rfind('.', secret - 1);
  execution::EventId ticket = 0;
  const auto* end = text.data() + (secret == text.npos ? 0 : secret);
  if (number == text.npos || number == 0 ||
      std::from_chars(text.data() + number + 1, end, ticket).ptr != end || ticket <= 0)
    refuse_token();
  return {text.substr(0, number), execution::Ticket{ticket}};
}

void refuse_token() {
  throw Error("ORCH-0213", "invalid task token", "pass the token exactly as received");
}

}  // namespace orch::engine
