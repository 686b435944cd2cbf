// One who listens to events. Internal to rest; belongs to the thread of the hub.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/engine/feed.h"
#include "orchestrator/http/handler.h"
#include "orchestrator/rest/events.h"
#include "orchestrator/stepfunctions/service_history.h"
#include "orchestrator/store/journal.h"
#include "orchestrator/store/redaction.h"

namespace orch::rest {

using Piece = std::shared_ptr<const std::string>;

/// A server-sent event; 0: without an id.
Piece event_piece(std::string_view name, std::int64_t id, const boost::json::object& data);
/// As lists show the run.
Piece run_piece(const store::ExecutionRow& row, std::int64_t id, Instant now);

class Listener {
 public:
  Listener(http::Stream stream, Listening what, engine::Feed& feed);

  const Listening& what() const { return what_; }
  bool hears(store::ExecutionId run) const { return !what_.run || what_.run->id == run; }
  /// Whether it is told that the run has changed.
  bool hears_of(const store::ExecutionRow& row) const;
  void send(const Piece& piece) { stream_.send(piece); }
  /// Of its run: tells the events when they came after what it has heard.
  /// `redactor` hides what is not to be shown; null: nothing is.
  void tell(const store::JournalEntry& entry, const store::Redactor* redactor);
  /// Of its run: what its tasks have reported.
  void tell_progress();
  /// False: it has gone, or was too slow and has been told so.
  bool keeps_up(std::size_t most_bytes, std::int64_t position);
  void end() { stream_.end(); }

 private:
  http::Stream stream_;
  Listening what_;
  stepfunctions::ServiceHistory history_;
  execution::EventId last_ = 0;  ///< that history_ has converted
  std::unique_ptr<engine::Subscription> reports_;
};

}  // namespace orch::rest
