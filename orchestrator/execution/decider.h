// Deciding: what a stimulus makes happen. Internal to the machine; lives for one stimulus.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/scope.h"
#include "orchestrator/execution/live.h"
#include "orchestrator/execution/map_plan.h"
#include "orchestrator/execution/trial.h"

namespace orch::execution {

/// Where a failure came from; decides which names of Retry and Catch match it.
enum class Origin : std::uint8_t { task, timeout, heartbeat, other };

struct Failing {
  asl::Failure failure;
  Origin origin = Origin::other;
  bool has_error = true;  ///< a Fail state without Error has none
  bool has_cause = true;
};

/// Variables to set: JSON text by name, in the order of the names.
using Assigned = std::vector<std::pair<std::string, std::string>>;

/// How a state is left.
struct WayOut {
  json::Payload output;
  Assigned assigned;
  std::optional<std::string> next;  ///< unset: the thread ends
};

class Decider {
 public:
  Decider(Live& live, Moment moment) : live_(live), moment_(std::move(moment)) {
    events_.reserve(usual_events);
  }

  std::vector<Event> run(const Stimulus& stimulus);
  /// True when the bound of a turn left threads that could go on.
  bool has_more() const { return taken_ < queue_.size(); }
  /// The input of the iteration `item` of the Map state that `owner` executes.
  json::Payload item_input(ThreadState& owner, ThreadState& item);

  // A state alone (trial.cpp): no thread goes on from it.
  void inspect(Inspection* inspection) { inspection_ = inspection; }
  void enter_alone(ThreadState& thread);
  void give_alone(ThreadState& thread, const json::Payload& result);
  void fail_alone(ThreadState& thread, const asl::Failure& failure);
  /// What the state failed with, whether or not a handler took it.
  std::optional<asl::Failure> failure_alone() const { return failure_; }
  const std::vector<Event>& events() const { return events_; }

 private:
  /// Leaves what is decided for one stimulus.
  struct HistoryFull {};

  /// The end of a task and the start of the next one.
  static constexpr std::size_t usual_events = 5;
  /// States entered and iterations started for one stimulus. A loop of Pass and Choice states
  /// never waits, and a Map may have 100,000 items: others must get their turn.
  static constexpr int max_steps = 250;
  /// Of the payloads of one stimulus' events, as text: a turn has to fit into memory, whatever the
  /// inputs are. Reached when a step is over.
  static constexpr std::size_t max_bytes = std::size_t{2} << 20;

  // decider.cpp: stimuli, the queue of threads that can go on, events
  std::optional<Instant> deadline() const;
  void on(const Start&);
  void on(const TaskBegun& begun);
  void on(const TaskSubmitted& submitted);
  void on(const TaskDone& done);
  void on(const TaskBroken& broken);
  void on(const HeartbeatMissed& missed);
  void on(const TimerDue& due);
  void on(const Stop& stop);
  void on(const Redrive& redrive);
  void on(const Continue&);
  void on(const Break& broken);
  Event started() const;
  ThreadState* open_task(Ticket ticket);
  void start_task(ThreadState& thread, const std::string& worker);
  void emit_timeout(ThreadState& thread);
  void timed_out(ThreadState& thread, Origin origin);
  void queue_all(ThreadState& thread);
  void pump();
  bool next_thread(Thread& id);
  void step(ThreadState& thread);
  Event event(EventType type, const ThreadState& thread) const;
  /// Throws HistoryFull after the last event that the execution's quota has room for.
  void emit(Event&& event);
  void record(Event&& event);

  // states.cpp: what each type of state does
  void enter(ThreadState& thread);
  void execute(ThreadState& thread);
  void body(ThreadState& thread, const asl::Pass& pass);
  void body(ThreadState& thread, const asl::Task& task);
  void body(ThreadState& thread, const asl::Choice& choice);
  void body(ThreadState& thread, const asl::Wait& wait);
  void body(ThreadState& thread, const asl::Succeed& succeed);
  void body(ThreadState& thread, const asl::Fail& fail);
  void body(ThreadState& thread, const asl::Parallel& parallel);
  void body(ThreadState& thread, const asl::Map& map);
  std::string new_token() const;
  std::string role(ThreadState& thread, const asl::PayloadTemplate& credentials);
  void finish(ThreadState& thread, const json::Payload& result);
  void pass_through(ThreadState& thread, const std::optional<std::string>& next,
                    const asl::ChoiceRule* rule = nullptr);
  void exit(ThreadState& thread, WayOut way);

  // wait.cpp: when a Wait state ends
  Instant wait_until(ThreadState& thread, const asl::Wait& wait);
  Instant timestamp(ThreadState& thread,
                    const std::variant<Instant, asl::Path, asl::Expression>& given);
  std::int64_t computed_seconds(ThreadState& thread, const asl::Expression& expression);
  std::int64_t seconds(ThreadState& thread, const asl::Number& given);

  // join.cpp: children of Parallel and Map states
  void ended(ThreadState& thread);
  json::Payload items(ThreadState& thread, const asl::Map& map);
  void start_iterations(ThreadState& owner, EventId cause);
  bool find_input(ThreadState& iteration);
  void join(ThreadState& owner, EventId cause);
  json::Payload joined(const ThreadState& owner) const;

  // map_run.cpp: a Map in Mode DISTRIBUTED
  void start_map_run(ThreadState& thread, const asl::Map& map, std::int64_t max_concurrency);
  MapPlan map_plan(ThreadState& thread, const asl::Distributed& distributed);
  ItemReaderPlan reader_plan(ThreadState& thread, const asl::ItemReader& reader);
  ItemBatcherPlan batcher_plan(ThreadState& thread, const asl::ItemBatcher& batcher);
  ResultWriterPlan writer_plan(ThreadState& thread, const asl::ResultWriter& writer);
  void redrive_map_run(ThreadState& thread);
  void map_run_done(ThreadState& thread, const json::Payload& output);
  void map_run_failed(ThreadState& thread, const asl::Failure& failure);

  // failure.cpp: Retry, Catch, and the way up
  void fail(ThreadState& thread, Failing failing, EventId cause);
  std::string occasion(const ThreadState& thread) const;
  void fail_evaluation(ThreadState& thread, const asl::EvaluationError& error);
  bool retried(ThreadState& thread, const Failing& failing, EventId cause);
  void record_evaluation(const ThreadState& thread, const asl::Failure& failure,
                         const std::string& location);
  bool caught(ThreadState& thread, Failing& failing, EventId& cause);
  WayOut way_out(ThreadState& thread, const asl::Catcher& catcher, boost::json::value error);
  bool out_of_time(const ThreadState& thread) const;
  ThreadState& first_out_of_time(ThreadState& thread);
  void time_out_siblings(ThreadState& owner);
  void abort_children(ThreadState& owner, const ThreadState& failed, EventId cause);
  void abort_state(ThreadState& thread, EventId cause);
  void fail_execution(const Failing& failing);
  bool too_large(const json::Payload& data) const;
  bool fills_history(const Event& event) const;
  Event history_full() const;

  void note(const char* name, const json::Payload& data);
  void note_selected(ThreadState& thread);

  // data.cpp: input, output, variables and scopes
  asl::Scope scope(ThreadState& thread, const boost::json::value& data);
  asl::Scope result_scope(ThreadState& thread, const boost::json::value& result);
  json::Payload effective_input(ThreadState& thread);
  json::Payload parameters(ThreadState& thread);
  json::Payload output_path(ThreadState& thread, json::Payload document);
  json::Payload output(ThreadState& thread, json::Payload result);
  Assigned assign(const std::optional<asl::PayloadTemplate>& source, const asl::Scope& where);
  std::int64_t whole_number(ThreadState& thread, const asl::Number& number, const char* field);
  std::int64_t number(ThreadState& thread, const asl::Number& number, const char* field);
  double fraction(ThreadState& thread, const asl::Fraction& number, const char* field);
  std::string text(ThreadState& thread, const asl::Text& text, const char* field);

  Live& live_;
  Moment moment_;
  std::vector<Event> events_;
  std::vector<Thread> queue_;
  std::size_t taken_ = 0;                ///< of the queue
  Inspection* inspection_ = nullptr;     ///< only of a state alone, as is the next
  std::optional<asl::Failure> failure_;  ///< the first one
  int steps_ = 0;
  std::size_t bytes_ = 0;  ///< of payloads
  std::uint64_t evaluations_ = 0;
};

/// What an output above the quota fails with; `name` is the state's, or the task's resource.
asl::Failure too_large_failure(const std::string& name);

/// What `$$` is for a thread (context.cpp). Never changes while somebody holds it.
asl::ContextObject::Document context_of(Live& live, const ThreadState& thread);

}  // namespace orch::execution
