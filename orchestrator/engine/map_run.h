// The engine's side of a Map state in Mode DISTRIBUTED.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/asl/failure.h"
#include "orchestrator/engine/item_feed.h"
#include "orchestrator/engine/item_selection.h"
#include "orchestrator/engine/result_job.h"
#include "orchestrator/execution/execution.h"
#include "orchestrator/execution/map_plan.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// How items become the inputs of children.
struct Batching {
  std::int64_t max_items = 1;  ///< of one child
  std::int64_t max_bytes = 0;  ///< of one child's input; 0: any
  bool batched = false;        ///< the input is {"BatchInput"?, "Items"}, not an item
  std::string batch_input;     ///< JSON text; may be empty
};

/// The next child's input while its items arrive. Holds one item more when that did not fit.
class Batch {
 public:
  /// False: `item` (JSON text) has to wait for the next batch, and is kept for it.
  bool add(std::string item, const Batching& batching);
  bool full(const Batching& batching) const { return items_ >= batching.max_items || waiting_; }
  std::int64_t items() const { return items_; }
  bool empty() const { return items_ == 0 && !waiting_; }
  /// The child's input; the batch starts anew.
  std::string close(const Batching& batching);

 private:
  std::string text_;  ///< items, separated by commas
  std::int64_t items_ = 0;
  std::optional<std::string> waiting_;
};

/// A map run that is under way: a cache of what its children's rows say.
struct MapRun {
  MapRun() = default;
  MapRun(MapRun&&) = default;
  MapRun& operator=(MapRun&&) = delete;
  ~MapRun() { drop_selection(); }

  std::string name;             ///< "LABEL:UUID"
  execution::EventId id = 0;    ///< of its MapRunStarted: the children's link to it
  execution::Ticket ticket{};   ///< of the present attempt: its MapRunStarted or MapRunRedriven
  std::string definition_hash;  ///< of the children
  Batching batching;
  std::optional<execution::ItemReaderPlan> reader;
  std::optional<execution::ResultWriterPlan> writer;
  std::optional<std::int64_t> tolerated_count;  ///< of items; unset, with the percentage too: none
  std::optional<double> tolerated_percentage;
  std::int64_t most_running = 0;

  Leavable<ItemFeed> feed;             ///< null: the items are in the state's array
  std::optional<std::int64_t> length;  ///< items in all; unset until the feed has ended
  std::int64_t next_item = 0;
  /// Of the item before next_item, evaluated elsewhere. Its copy is kept for the next long one.
  std::shared_ptr<ItemSelection> selection;
  Batch batch;
  std::int64_t next_child = 0;
  std::deque<std::string> to_redrive;  ///< run ids of children that failed before a redrive
  std::int64_t running = 0;
  std::int64_t failed_items = 0;

  std::optional<asl::Failure> failure;  ///< of the run, while its results are written
  Leavable<ResultJob> results;

  bool may_start() const { return running < most_running; }
  /// True until the input that is evaluated elsewhere is taken.
  bool is_selecting() const { return selection && selection->under_way; }
  /// Nothing comes of it.
  void drop_selection() {
    if (selection) selection->cancelled = true;
    selection.reset();
  }
  /// True when every child has ended and no other will be started.
  bool finished() const;
  /// Adds what the children's rows say.
  void count(const std::vector<store::ChildCounts>& children);
  /// Whether more items failed than the definition tolerates.
  bool exceeded() const;
};

/// Reads the plan that the MapRunStarted event holds; the items are the feed's business.
MapRun read_plan(const execution::OpenTask& task);

/// Puts limits that an update has changed in the place of the plan's.
void apply(const store::MapRunLimits& limits, MapRun& run);

}  // namespace orch::engine
