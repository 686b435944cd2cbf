// Webhooks of pipelines: a signed delivery becomes a fire.
//
// Filter and input are evaluated on the thread of the request; the engine gets their result. The
// delivery's id names the fire, so a delivery that comes again, also after a crash, is answered
// with what became of it the first time. One that was refused is decided anew: senders deliver
// again once the pipeline has been mended.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/engine/engine.h"
#include "orchestrator/engine/fire.h"
#include "orchestrator/engine/pipeline_documents.h"
#include "orchestrator/host/webhook_signature.h"
#include "orchestrator/store/store.h"

namespace orch::host {

/// Thread-safe.
class Webhooks {
 public:
  /// `engine` must outlive this.
  explicit Webhooks(engine::Engine& engine) : engine_(engine) {}

  /// Returns when the fire is committed. Throws Error ORCH-0806: no such webhook; 0807: too large;
  /// 0808: not signed; 0809: too many; 0813: signed at another time; 0819: its secret cannot be
  /// read; 0820: the id was of another delivery.
  engine::Fired take(store::Store& store, const Delivery& delivery, Instant now);

 private:
  struct Hook {
    store::PipelineRow row;
    std::shared_ptr<const pipeline::Pipeline> document;
    const pipeline::WebhookTrigger* trigger = nullptr;  ///< of the document
  };
  /// How many came since.
  struct Count {
    std::int64_t count = 0;
    Instant since;
  };

  Hook find(store::Store& store, const Delivery& delivery);
  void check(const Hook& hook, const Delivery& delivery, Instant now);
  /// True: `most` have come within a minute.
  bool is_flooded(std::map<std::string, Count>& counts, const std::string& key, std::int64_t most,
                  Instant now);

  engine::Engine& engine_;
  std::mutex mutex_;
  engine::PipelineDocuments documents_;  ///< guarded by mutex_, as the rest
  std::map<std::string, Count> misses_;  ///< wrong signatures, by address
  std::map<std::string, Count> taken_;   ///< deliveries, by pipeline and trigger
};

}  // namespace orch::host
