#include "orchestrator/stepfunctions/redrive_tokens.h"

#include <utility>

namespace orch::stepfunctions {
namespace {

constexpr std::chrono::minutes lifetime{15};
constexpr int most_tokens = 10;

}  // namespace

void RedriveTokens::forget(Instant now) {
  while (!used_.empty() && now - used_.front().redriven > lifetime) used_.pop_front();
}

std::optional<Instant> RedriveTokens::find(std::string_view run, std::string_view token,
                                           Instant now) {
  const std::scoped_lock lock(mutex_);
  forget(now);
  int seen = 0;
  for (auto each = used_.rbegin(); each != used_.rend() && seen < most_tokens; ++each) {
    if (each->run != run) continue;
    if (each->token == token) return each->redriven;
    ++seen;
  }
  return std::nullopt;
}

void RedriveTokens::keep(std::string run, std::string token, Instant redriven) {
  const std::scoped_lock lock(mutex_);
  forget(redriven);
  used_.push_back({std::move(run), std::move(token), redriven});
}

}  // namespace orch::stepfunctions
