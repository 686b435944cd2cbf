// GET /healthz: what load balancers and supervisors ask, without a signature.
#pragma once

#include <memory>

#include "orchestrator/engine/engine.h"
#include "orchestrator/http/handler.h"

namespace orch::host {

/// Answers {"status":"ok"}, or with 503 "failed" when the engine does not answer and "stopping"
/// after stop().
class Health {
 public:
  /// `engine` must outlive it.
  explicit Health(engine::Engine& engine);
  /// Waits for checks at work.
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  /// The health check must outlive it.
  http::Handler handler();
  void stop();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace orch::host
