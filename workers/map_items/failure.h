// The failures of items and results.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "orchestrator/base/describe_exception.h"
#include "workers/worker.h"

namespace orch::map_items {

/// `cause` stands alone, as the service gives it.
inline workers::TaskFailed reader_failed(std::string cause) {
  return workers::TaskFailed::with_cause("States.ItemReaderFailed", std::move(cause));
}

/// Runs `work`; whatever leaves it but Cancelled becomes a failure named `error` with the same
/// words.
template <class Work>
auto named(const char* error, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const workers::TaskFailed& failure) {
    if (failure.error() == error) throw;
    throw workers::TaskFailed::with_cause(error, failure.error() + ": " + failure.what());
  } catch (const workers::Cancelled&) {
    throw;
  } catch (const std::exception&) {
    throw workers::TaskFailed::with_cause(error, describe(std::current_exception()));
  }
}

}  // namespace orch::map_items
