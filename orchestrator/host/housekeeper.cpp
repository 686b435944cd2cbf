#include "orchestrator/host/housekeeper.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <pthread.h>
#include <utility>

#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/store/open.h"

namespace orch::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Millis pass_interval{60'000};

// How long a run that this process has ended is left as it is: who followed it reads it once more,
// and a failed one may be resumed at once.
constexpr Millis fresh{60'000};

// All runs are looked at: half a second for a million of them.
constexpr std::chrono::hours between_removals{1};

constexpr int rests_for_each_step = 4;

// Free pages are given back in steps of 1 MB.
constexpr std::int64_t pages_a_step = 256;

}  // namespace

Housekeeper::Housekeeper(std::string store)
    : store_(std::move(store)), began_(wall_now()), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "orch-keeping");
}

Housekeeper::~Housekeeper() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Housekeeper::keep(RetentionDefaults retention) {
  {
    const std::scoped_lock lock(mutex_);
    retention_ = std::move(retention);
    next_removal_ = {};
    told_ = true;
  }
  changed_.notify_one();
}

bool Housekeeper::wait(Millis longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, longest, [this] { return closing_ || told_; });
  told_ = false;
  return !closing_;
}

bool Housekeeper::rest_after(Clock::time_point step_began) {
  return wait(std::chrono::ceil<Millis>((Clock::now() - step_began) * rests_for_each_step));
}

void Housekeeper::run() {
  std::unique_ptr<store::Housekeeping> keeping;
  do {
    try {
      if (!keeping) keeping = store::open_housekeeping(store_);
      tidy(*keeping);
    } catch (const std::exception& error) {
      log::warn("msg=\"housekeeping: {}\"", error.what());
      keeping.reset();
    }
  } while (wait(pass_interval));
}

bool Housekeeper::tidy(store::Housekeeping& keeping) {
  return pack(keeping) && remove(keeping) && give_back(keeping);
}

bool Housekeeper::pack(store::Housekeeping& keeping) {
  auto step = Clock::now();
  store::ExecutionId at{};
  while (const auto next = keeping.pack(at, std::max(began_, wall_now() - fresh))) {
    at = *next;
    if (!rest_after(step)) return false;
    step = Clock::now();
  }
  return true;
}

bool Housekeeper::remove(store::Housekeeping& keeping) {
  auto step = Clock::now();
  while (keeping.remove_parts()) {  // of a removal that a crash cut short, too
    if (!rest_after(step)) return false;
    step = Clock::now();
  }
  std::optional<RetentionDefaults> retention;
  {
    const std::scoped_lock lock(mutex_);
    if (!retention_ || step < next_removal_) return true;
    retention = retention_;
    next_removal_ = step + between_removals;
  }
  const auto store = store::open_as_reader(store_);
  for (const auto& expired : plan_retention(*store, keeping, retention->keep, wall_now()).expired) {
    if (!remove_run(*store, keeping, expired, retention->export_folder)) continue;
    do {
      if (!rest_after(step)) return false;
      step = Clock::now();
    } while (keeping.remove_parts());
  }
  return remove_leftovers(*store, keeping, retention->keep, wall_now(), [&] {
    if (!rest_after(step)) return false;
    step = Clock::now();
    return true;
  });
}

bool Housekeeper::give_back(store::Housekeeping& keeping) {
  auto step = Clock::now();
  while (keeping.give_back(pages_a_step)) {
    if (!rest_after(step)) return false;
    step = Clock::now();
  }
  return true;
}

}  // namespace orch::host
