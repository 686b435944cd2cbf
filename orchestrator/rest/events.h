// What is committed, as server-sent events: one thread reads the journal of the store once for all
// who listen.
//
//   id: 4711                      the position in the journal: Last-Event-ID goes on from there,
//   also event: run                    after a restart of the server data: {"run":…} a run has
//   begun, ended, …: as it is now
//
//   event: history                what a run has recorded, for those who listen to that run
//   event: progress               how far its tasks are, likewise; without an id
//   event: missed                 the listener was too slow, or its id is unknown: what it shows
//   must be
//                                 read anew
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/engine/feed.h"
#include "orchestrator/http/handler.h"
#include "orchestrator/identity/scope.h"
#include "orchestrator/store/store.h"

namespace orch::rest {

/// What somebody wants to hear of.
struct Listening {
  std::optional<store::ExecutionRow> run = {};  ///< of this run alone; else of all
  std::optional<std::int64_t> after = {};       ///< the position that it has heard last
  identity::Scope scope = {};                   ///< what it may hear of
  /// Asked with each heartbeat: false ends the stream. Empty: it may listen for ever.
  std::function<bool()> may_go_on = {};
  std::optional<std::string> pipeline = {};  ///< only of runs that belong to it
  std::vector<std::string> kinds = {};       ///< of these events; none: of all

  bool wants(std::string_view kind) const {
    return kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
  }
};

/// What a listener may choose among: "run", "history", "progress". Others always come.
bool is_event_kind(std::string_view word);

struct EventLimits {
  std::size_t listeners = 1'000;
  std::size_t bytes = 1 << 20;   ///< kept for a slow listener
  std::int64_t behind = 10'000;  ///< entries of the journal that are told again
  Millis heartbeat{15'000};
};

class Events {
 public:
  /// `store` is the URL of the store whose engine tells `feed`, which must outlive this.
  Events(engine::Feed& feed, std::string store, EventLimits limits = {});
  /// Ends the streams.
  ~Events();
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  /// Answers with a stream. Throws Refused, 503, when too many listen. Thread-safe.
  void add(const http::Reply& reply, Listening what);

 private:
  class Hub;
  std::unique_ptr<Hub> hub_;
};

}  // namespace orch::rest
