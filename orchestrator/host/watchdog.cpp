#include "orchestrator/host/watchdog.h"

#include <memory>
#include <pthread.h>

#include "orchestrator/base/service_manager.h"
#include "orchestrator/host/health.h"

namespace orch::host {

constexpr int questions_an_interval = 3;

Watchdog::Watchdog(engine::Engine& engine) : engine_(engine) {
  const auto interval = service_manager::watchdog_interval();
  if (!interval) return;
  thread_ = std::thread([this, interval] { run(*interval / questions_an_interval); });
  pthread_setname_np(thread_.native_handle(), "orch-watchdog");
}

Watchdog::~Watchdog() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

// A question that is not answered yet is waited for, and no other is asked.
void Watchdog::run(Millis interval) {
  std::shared_ptr<engine::Completion> asked;
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    if (!asked) asked = engine_.report("-", {});
    if (answered_within(*asked, interval)) {
      if (is_sign_of_life(*asked)) service_manager::tell("WATCHDOG=1");
      asked.reset();
    }
    lock.lock();
  } while (!changed_.wait_for(lock, interval, [this] { return closing_; }));
}

}  // namespace orch::host
