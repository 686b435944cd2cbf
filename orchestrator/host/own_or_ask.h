// Two ways to the same end: be the owner of the store, or ask the process that is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "orchestrator/host/request.h"

namespace orch::host {

/// Asks the store's owner. Empty: no process owns it, or the owner is about to end. Throws the
/// owner's error as it was thrown there, and Error ORCH-0007 when it does not answer in time.
std::optional<Accepted> ask(const std::filesystem::path& store, const Request& request);

/// What another process that owns the store makes of a wish to own it.
enum class Owned : std::uint8_t {
  done,     ///< it has done what was wanted
  is_busy,  ///< it starts, ends or is in the middle of an operation: worth another try
  refuses,  ///< it stays the owner
};

/// Calls `own`, which makes this process the store's owner and throws Error ORCH-0201 when another
/// process is. Then `owned` decides: until it is done, both are tried again for some ten seconds.
/// Throws what they throw, and ORCH-0201 as `own` threw it.
void own_unless_owned(const std::function<void()>& own, const std::function<Owned()>& owned);

/// Calls `own`; when another process is the owner, asks that one and returns its answer. An owner
/// that starts or ends is waited for, some ten seconds, unless `cancelled`. Empty: `own` has
/// returned.
std::optional<Accepted> own_or_ask(const std::filesystem::path& store,
                                   const std::function<void()>& own, const Request& request,
                                   const std::function<bool()>& cancelled);

/// Calls `own` likewise, and again for some ten seconds while another process owns the store that
/// takes no requests: it starts, ends, or performs an operation (operations.h) in no time. Throws
/// what `own` throws.
void own_when_free(const std::filesystem::path& store, const std::function<void()>& own);

}  // namespace orch::host
