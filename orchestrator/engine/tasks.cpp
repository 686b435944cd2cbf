#include "orchestrator/engine/tasks.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/telemetry/trace_context.h"

namespace orch::engine {
namespace {

// How long a task's start waits for company: most no-op tasks end sooner, and their start and end
// then share one commit.
constexpr Millis begun_delay{20};
constexpr Millis look_interval{20};
constexpr Millis progress_interval{1'000};

int default_threads() {
  return std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

Tasks::Tasks(Runs& runs, Claiming& claiming, Admission& admission, Commands& commands,
             Wakeup& wakeup, const workers::Registry& registry, int threads, Observer* observer)
    : runs_(runs),
      claiming_(claiming),
      admission_(admission),
      commands_(commands),
      observer_(observer),
      next_fence_(runs.store.first_fence()) {
  pool_ = std::make_unique<WorkerPool>(registry, threads > 0 ? threads : default_threads(),
                                       [this, &wakeup](WorkerNews news) {
                                         news_.add(std::move(news));
                                         wakeup.ring();
                                       });
}

Tasks::~Tasks() { deliveries_.request_stop(); }

void Tasks::drain(Millis patience) {
  pool_->close();
  if (!pool_->wait_quiet(patience)) {
    commands_.tell([this] { deliveries_.request_stop(); });
    pool_->wait_quiet(patience);
  }
  commands_.tell([] {});  // what the workers reported before is committed with this
}

void Tasks::decide() {
  auto& pending = news_.pending();
  for (news_.taken = 0; news_.taken < pending.size() && !runs_.turn.is_full(share::news);
       ++news_.taken) {
    const auto& news = pending[news_.taken];
    runs_.isolation.within(news.delivery->execution, [&] { take_in(news); });
  }
  announce_begun();
  watch_heartbeats();
}

void Tasks::take_in(const WorkerNews& news) {
  const auto& delivery = *news.delivery;
  auto* run = runs_.executions.find(delivery.execution);
  if (!run) return;  // it has ended without the task
  fault::point("engine.result_received");
  const auto ticket = delivery.ticket;
  auto& decisions = runs_.decisions;
  if (const auto* done = std::get_if<WorkerNews::Done>(&news.what)) {
    auto output = json::Payload::of_text(done->output);
    if (delivery.submits)
      return decisions.stimulate(*run, execution::TaskSubmitted{ticket, std::move(output)});
    return decisions.stimulate(*run, execution::TaskDone{ticket, std::move(output)});
  }
  if (const auto* failure = std::get_if<asl::Failure>(&news.what))
    return take_failure(*run, *news.delivery, *failure);
  if (const auto* waits = std::get_if<WorkerNews::Waits>(&news.what))
    return claiming_.wait_for(*run, ticket, waits->names);
  if (std::holds_alternative<WorkerNews::Held>(news.what) || delivery.comes_back)
    admission_.came_back(*run, *news.delivery);
}

void Tasks::take_failure(Active& run, Delivery& delivery, const asl::Failure& failure) {
  if (admission_.outlasts(run, delivery, failure)) return;
  runs_.decisions.stimulate(run, execution::TaskBroken{delivery.ticket, failure});
}

void Tasks::stop_for(const store::HoldRow& hold) {
  for (const auto& [id, tasks] : deliveries_.by_run()) {
    const auto* run = runs_.executions.known(id);
    if (!run) continue;
    for (const auto& [ticket, delivery] : tasks) {
      if (!admission_.concerns(hold, *run, *delivery)) continue;
      delivery->comes_back = true;
      delivery->request_stop();
    }
  }
}

// Records the start of tasks that are at work for longer than a moment. The start of a short one
// is recorded with its end, so that a step costs one commit.
void Tasks::announce_begun() {
  const auto now = runs_.turn.now();
  if (!deliveries_.any_to_announce() || now < looked_at_ + look_interval) return;
  looked_at_ = now;
  for (const auto& delivery : pool_->at_work()) {
    if (delivery->announced) continue;
    runs_.isolation.within(delivery->execution, [&] {
      auto* run = runs_.executions.find(delivery->execution);
      if (!run) return;
      runs_.executions.touch(*run);  // after a failed commit it is to be announced again
      deliveries_.announce(*delivery);
      runs_.decisions.stimulate(*run, execution::TaskBegun{delivery->ticket, ""});
    });
  }
}

void Tasks::watch_heartbeats() {
  while (const auto timer = heartbeats_.take(runs_.turn.clock().steady()))
    runs_.isolation.within(timer->execution, [&] { watch(*timer); });
}

// A look at a task's latest sign of life; the next look is when it would be overdue.
void Tasks::watch(const Timer& timer) {
  auto* run = runs_.executions.find(timer.execution);
  const execution::Ticket ticket{timer.id};
  const auto* delivery = run ? deliveries_.find(timer.execution, ticket) : nullptr;
  if (!delivery) return;
  const auto limit = std::chrono::seconds(*delivery->heartbeat_seconds);
  const auto sign = delivery->last_sign();
  // A task that waits for a worker thread is not silent yet.
  const auto now = runs_.turn.clock().steady();
  const auto due = sign == 0 ? now + limit : Instant{Millis{sign}} + limit;
  if (due > now) return heartbeats_.add({due, timer.execution, timer.id});
  runs_.decisions.stimulate(*run, execution::HeartbeatMissed{ticket});
}

void Tasks::write() {
  const auto now = runs_.turn.now();
  if (!deliveries_.any() || now < progress_at_ + progress_interval) return;
  progress_at_ = now;
  for (const auto& [run, tasks] : deliveries_.by_run()) report_progress(run, tasks);
}

// No run suffers from what is worth nothing after a crash.
void Tasks::report_progress(store::ExecutionId run, const Deliveries::Tasks& tasks) {
  std::vector<store::ProgressRow> rows;
  bool fresh = false;
  for (const auto& [ticket, delivery] : tasks) {
    const auto latest = delivery->latest_progress(fresh);
    if (!latest) continue;
    rows.push_back({execution::Ticket{ticket}, latest->key, latest->phase, latest->rows,
                    latest->bytes, latest->expected_rows, runs_.turn.now()});
  }
  if (!fresh) return;
  try {
    runs_.turn.transaction().set_progress(run, rows);
  } catch (...) {
    log::warn("progress is not shown: {}", own_fault());
  }
}

void Tasks::committed() {
  heartbeats_.committed();
  news_.settle([this](const WorkerNews& news) {
    deliveries_.settle(*news.delivery);
    admission_.left(*news.delivery);
  });
}

void Tasks::carry_out() {
  if (!to_queue_.empty()) pool_->queue(std::exchange(to_queue_, {}));
}

Millis Tasks::patience() const {
  auto wait = heartbeats_.patience();
  if (deliveries_.any())
    wait = std::min(wait, deliveries_.any_to_announce() ? begun_delay : progress_interval);
  return wait;
}

bool Tasks::take_on(Active& run, const execution::OpenTask& task) {
  if (deliveries_.find(run.row.id, task.ticket)) return true;  // still under way
  auto delivery = delivery_of(run, task);
  if (task.heartbeat_seconds)
    heartbeats_.add({runs_.turn.clock().steady() + std::chrono::seconds(*task.heartbeat_seconds),
                     run.row.id, delivery->task.ticket});
  to_queue_.reserve(to_queue_.size() + 1);
  deliveries_.add(delivery);
  to_queue_.push_back(std::move(delivery));
  return true;
}

void Tasks::dropped(const Active& run, const std::exception_ptr&) {
  deliveries_.let_go(run.row.id);
  if (telemetry::is_tracing()) telemetry::leave_trace(run.row.made.run_id);
}

std::shared_ptr<Delivery> Tasks::delivery_of(const Active& run, const execution::OpenTask& open) {
  const auto& around = run_of(run);
  auto delivery = std::make_shared<Delivery>();
  delivery->execution = run.row.id;
  delivery->run = around.id;
  delivery->ticket = open.ticket;
  delivery->input = open.parameters.text();
  delivery->heartbeat_seconds = open.heartbeat_seconds;
  delivery->announced = open.begun;
  delivery->submits = open.resource.needs_token();
  auto& task = delivery->task;
  task.run = run.row.made.run_id;
  task.run_name = run.row.made.name;
  task.store = runs_.store.store_id();
  task.state = open.state;
  task.resource = open.resource.text;
  task.ticket = static_cast<std::int64_t>(open.ticket);
  task.attempt = open.attempt;
  task.fence = next_fence_++;
  task.connections = around.made.connections;
  task.resumes = around.resumes;
  task.catalog = around.catalog;
  task.access = runs_.executions.access_of(run);
  delivery->is_limited = admission_.limits_tasks(run);
  const auto applicant = admission_.made_by(run, open.ticket);
  delivery->group = applicant.group;
  delivery->priority = applicant.priority;
  if (telemetry::is_tracing()) join_trace(run);
  add_ways_back(*delivery);
  return delivery;
}

// Of whoever began it, in however many steps.
void Tasks::join_trace(const Active& run) const {
  auto beginner = beginner_of(run.row);
  if (!beginner) return;
  std::string root;
  while (beginner) {
    const auto* known = runs_.executions.known(*beginner);
    const auto row = known ? known->row : runs_.store.find_unchecked(*beginner);
    root = row.made.run_id;
    beginner = beginner_of(row);
  }
  telemetry::join_trace(run.row.made.run_id, root);
}

void Tasks::add_ways_back(Delivery& delivery) {
  delivery.on_claim = [this, id = delivery.execution](const std::vector<std::string>& names) {
    return commands_.ask<std::optional<workers::Holder>>([&] { return claiming_.claim(id, names); })
        .get();
  };
  delivery.on_admit = [this](Delivery& from) {
    return commands_.ask<workers::Admitted>([&] { return admission_.admit(from); }).get();
  };
  delivery.on_answered = [this](const std::vector<std::string>& connections) {
    commands_.tell([&] { admission_.answered(connections); });
  };
  delivery.engaged = &admission_.engaged();
  if (observer_)
    delivery.on_progress = [observer = observer_](const Delivery& from,
                                                  const workers::Progress& progress) {
      observer->on_progress(from.task.run, from.ticket, progress);
    };
}

// The run that the execution is an iteration of, or itself: a resume brings files along for that.
const store::ExecutionRow& Tasks::run_of(const Active& execution) const {
  const auto* each = &execution;
  while (each->row.made.parent) {
    const auto* parent = runs_.executions.known(each->row.made.parent->execution);
    if (!parent) break;
    each = parent;
  }
  return each->row;
}

}  // namespace orch::engine
