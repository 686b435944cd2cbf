#include "orchestrator/engine/background.h"

namespace orch::engine {

void Background::leave(std::unique_ptr<SlowWork> work) noexcept {
  if (!work) return;
  work->request_stop();
  work->next_ = std::move(first_);
  first_ = std::move(work);
}

void Background::tidy() noexcept {
  auto* at = &first_;
  while (*at) {
    if ((*at)->is_over())
      *at = std::move((*at)->next_);
    else
      at = &(*at)->next_;
  }
}

void Background::wait() noexcept {
  while (first_) first_ = std::move(first_->next_);
}

}  // namespace orch::engine
