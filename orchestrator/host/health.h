// GET /healthz and /readyz: what load balancers and supervisors ask, without a signature.
#pragma once

#include <memory>

#include "orchestrator/engine/engine.h"
#include "orchestrator/http/handler.h"

namespace orch::host {

/// Waits for the answer to a question to the engine, whatever it is; false: it did not come in
/// time.
bool answered_within(engine::Completion& answer, Millis patience);
/// Whether an answer to engine::Engine::report() of no task is that of an engine that has not given
/// up.
bool is_sign_of_life(engine::Completion& answer);

/// /healthz: is the process to be left alone? Answers {"status":"ok"}, or with 503 "failed" when
/// the engine has given up and "stopping" after stop(). /readyz: is it to be sent work? Likewise,
/// and with 503 "busy" while the engine does not answer within two seconds: its store fails, and is
/// tried again.
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
  http::Handler ready_handler();
  void stop();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace orch::host
