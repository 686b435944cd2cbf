// What alerts remember, what is still to be sent or done because of them, and what is silenced.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/store/store.h"

namespace orch::store {

enum class DeliveryKind : std::uint8_t {
  message,  ///< to a channel
  resume,   ///< of a run that has failed
  start,    ///< of a run because another one has failed
};
std::string_view to_string(DeliveryKind kind);

enum class DeliveryOutcome : std::uint8_t { pending, done, given_up };
std::string_view to_string(DeliveryOutcome outcome);

/// Something that is to happen outside, once, even if this process dies. Its id is what the other
/// side can tell a second time by.
struct DeliveryRow {
  std::int64_t id = 0;  ///< the store's
  DeliveryKind kind = DeliveryKind::message;
  std::string target;  ///< name of the channel; id of the run; name of the pipeline or workflow
  std::string body;    ///< JSON text
  Instant made_at = {};
  Instant due_at = {};  ///< of the next attempt
  std::int64_t attempts = 0;
  std::string error = {};  ///< of the latest attempt; for people
  DeliveryOutcome outcome = DeliveryOutcome::pending;
};

struct SilenceRow {
  std::int64_t id = 0;
  std::string subject;  ///< "*": all
  std::string rule;     ///< "*": all
  Instant until;
  Instant made_at = {};
  std::string made_by = {};
  std::string reason = {};
};

/// The part of a store that alerts have, on a connection of its own. One thread at a time. Throws
/// Error (ORCH-02xx) on trouble with the store. A damaged row is left out of lists and told in the
/// log; a damaged state is one that is not there.
class Alerts {
 public:
  virtual ~Alerts() = default;

  /// Runs `work`, which uses this object, in one transaction; an exception undoes it.
  virtual void transact(const std::function<void()>& work) = 0;

  /// Runs that ended at `from` or later, in the order of their ends, without iterations of
  /// distributed maps; at most `limit`.
  virtual std::vector<ExecutionRow> ended_since(Instant from, std::int64_t limit) = 0;

  /// What is remembered, by name.
  virtual std::map<std::string, std::string> states() = 0;
  virtual void put_state(const std::string& name, const std::string& text) = 0;
  virtual void remove_state(const std::string& name) = 0;

  /// Returns its id.
  virtual std::int64_t add_delivery(const DeliveryRow& delivery) = 0;
  virtual void put_delivery(const DeliveryRow& delivery) = 0;
  /// Pending, the ones that are due first come first.
  virtual std::vector<DeliveryRow> pending_deliveries(std::int64_t limit) = 0;
  /// All there are, newest first.
  virtual std::vector<DeliveryRow> deliveries(std::int64_t limit) = 0;
  /// Forgets those made before that are not pending.
  virtual void forget_deliveries(Instant before) = 0;

  /// Returns its id.
  virtual std::int64_t add_silence(const SilenceRow& silence) = 0;
  /// The oldest first, also those that are over.
  virtual std::vector<SilenceRow> silences() = 0;
  /// False when there is none.
  virtual bool remove_silence(std::int64_t id) = 0;
};

/// Of a store that this process owns. Throws as open_beside_owner().
std::unique_ptr<Alerts> open_alerts_beside_owner(const std::string& url);
/// Of an existing store, to read. Throws as open_as_reader().
std::unique_ptr<Alerts> open_alerts_as_reader(const std::string& url);

}  // namespace orch::store
