#include "workers/fleet/fleet.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::fleet {
namespace {

// The service keeps a poll for up to 60 seconds.
constexpr Millis poll_patience{75'000};
constexpr Millis call_patience{20'000};
// A poll that was answered sooner without a task is no long poll; the next one waits.
constexpr Millis least_poll{1'000};
// How long workers that were told to stop may take.
constexpr Millis stop_patience{5'000};
// How long those may take then that only wait for the endpoint.
constexpr Millis leave_patience{1'000};

bool is_gone(const Refusal& refusal) {
  return refusal.type() == "TaskTimedOut" || refusal.type() == "TaskDoesNotExist" ||
         refusal.type() == "InvalidToken";
}

Event event_of(Event::Kind kind, const ActivityTask& given, const workers::Task& task,
               const Attempt& attempt, Instant begun) {
  Event event{kind, given.activity, &task, attempt.progress()};
  event.duration = wall_now() - begun;
  return event;
}

}  // namespace

Fleet::Fleet(const Client& client, const workers::Registry& registry, Options options,
             Observer observe)
    : registry_(registry),
      options_(std::move(options)),
      observe_(std::move(observe)),
      caller_(client, observe_) {
  serving_ = options_.assignments.size() * static_cast<std::size_t>(options_.concurrency);
  for (const auto& assignment : options_.assignments) {
    for (int i = 0; i < options_.concurrency; ++i)
      threads_.emplace_back([this, &assignment] { serve(assignment); });
  }
}

Fleet::~Fleet() {
  stop_polls();
  for (auto& thread : threads_) thread.join();
}

std::optional<Error> Fleet::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

Tally Fleet::tally() const {
  const std::scoped_lock lock(mutex_);
  auto tally = tally_;
  tally.at_work = static_cast<std::int64_t>(at_work_.size());
  return tally;
}

void Fleet::stop_polls() {
  stopping_ = true;
  caller_.wake();
}

bool Fleet::wait_idle(Millis patience) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, patience, [this] { return serving_ == 0; });
}

bool Fleet::drain(Millis patience) {
  stop_polls();
  if (wait_idle(patience)) return true;
  {
    const std::scoped_lock lock(mutex_);
    releasing_ = true;
    for (auto* attempt : at_work_) attempt->stop(Attempt::Fate::released);
  }
  if (wait_idle(stop_patience)) return true;
  leaving_ = true;
  caller_.wake();
  return wait_idle(leave_patience);
}

void Fleet::fail(const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    if (!failure_) failure_ = error;
  }
  stop_polls();
}

// On a thread of its own.
void Fleet::serve(const Assignment& assignment) {
  try {
    while (!stopping_) {
      if (const auto given = poll(assignment)) take(assignment, *given);
    }
  } catch (const Error& error) {
    fail(error);
  }
  {
    const std::scoped_lock lock(mutex_);
    --serving_;
  }
  idle_.notify_all();
}

std::optional<ActivityTask> Fleet::poll(const Assignment& assignment) {
  const auto stopped = [this] { return stopping_.load(); };
  const auto begun = std::chrono::steady_clock::now();
  const auto answer =
      caller_.insist("GetActivityTask",
                     {{"activityArn", assignment.activity}, {"workerName", options_.worker_name}},
                     poll_patience, stopped);
  if (!answer) return std::nullopt;
  ActivityTask given{assignment.activity, json::text_member(answer->body, "taskToken"),
                     json::text_member(answer->body, "input"), answer->at};
  if (!given.token.empty()) return given;
  if (std::chrono::steady_clock::now() - begun < least_poll) caller_.pause(least_poll, stopped);
  return std::nullopt;
}

/// An attempt is listed among those at work for as long as it lives.
class Fleet::Listed {
 public:
  explicit Listed(Fleet& fleet) : fleet_(fleet) {
    const std::scoped_lock lock(fleet_.mutex_);
    fleet_.at_work_.push_back(&attempt);
    if (fleet_.releasing_) attempt.stop(Attempt::Fate::released);
  }
  ~Listed() {
    const std::scoped_lock lock(fleet_.mutex_);
    std::erase(fleet_.at_work_, &attempt);
  }
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

  Attempt attempt;

 private:
  Fleet& fleet_;
};

void Fleet::take(const Assignment& assignment, const ActivityTask& given) {
  const auto begun = wall_now();
  Listed listed(*this);
  Work work;
  workers::Outcome outcome;
  try {
    work = work_of(given, assignment.resource, options_.connections);
    outcome = perform(given, work, listed.attempt, begun);
  } catch (const workers::TaskFailed& failure) {
    outcome = {workers::Outcome::Kind::failed, "", failure.error(), failure.cause()};
  } catch (const json::SyntaxError& error) {
    outcome = {workers::Outcome::Kind::failed, "", "Input.Invalid", error.what()};
  }
  finish(given, work.task, listed.attempt, outcome, begun);
}

workers::Outcome Fleet::perform(const ActivityTask& given, Work& work, Attempt& attempt,
                                Instant begun) {
  observe_(event_of(Event::Kind::started, given, work.task, attempt, begun));
  const auto named = work.task;  // the worker's copy gets its input meanwhile
  const Heart heart(options_.heartbeat,
                    [&](const Heart& self) { beat(given, named, attempt, begun, self); });
  return workers::perform(registry_, work.task, std::move(work.input), attempt);
}

// A worker that shows no sign of life is not kept alive: the endpoint shall notice it.
void Fleet::beat(const ActivityTask& given, const workers::Task& task, Attempt& attempt,
                 Instant begun, const Heart& heart) {
  if (!attempt.take_sign()) return;
  try {
    if (attempt.progress())
      observe_(event_of(Event::Kind::progressed, given, task, attempt, begun));
    caller_.insist("SendTaskHeartbeat", {{"taskToken", given.token}}, call_patience,
                   [&] { return heart.ending() || attempt.stop_requested(); });
  } catch (const Refusal& refusal) {
    if (is_gone(refusal)) attempt.stop(Attempt::Fate::lost);
  } catch (const Error& error) {
    fail(error);  // what happens can no longer be told
  }
}

void Fleet::finish(const ActivityTask& given, const workers::Task& task, Attempt& attempt,
                   const workers::Outcome& outcome, Instant begun) {
  using Kind = workers::Outcome::Kind;
  auto event = event_of(Event::Kind::lost, given, task, attempt, begun);
  event.message = "the endpoint has given the task up";
  if (attempt.fate() == Attempt::Fate::lost) return end_task(event, &Tally::lost);
  // Whatever a worker says that was told to stop: another one shall try.
  const bool released = attempt.fate() == Attempt::Fate::released && outcome.kind != Kind::done;
  const auto report = report_of(released ? given_back() : outcome, task, given.token);
  if (auto why = tell(report); !why.empty()) {
    event.message = std::move(why);
    return end_task(event, &Tally::lost);
  }
  event.error = json::text_member(report.request, "error");
  event.message = message_of(json::text_member(report.request, "cause"));
  if (released) {
    event.kind = Event::Kind::released;
    return end_task(event, &Tally::released);
  }
  const bool done = report.operation == "SendTaskSuccess";
  event.kind = done ? Event::Kind::succeeded : Event::Kind::failed;
  end_task(event, done ? &Tally::succeeded : &Tally::failed);
}

std::string Fleet::tell(const Report& report) {
  try {
    const auto answer = caller_.insist(report.operation, report.request, call_patience,
                                       [this] { return leaving_.load(); });
    return answer ? "" : "the endpoint does not answer";
  } catch (const Refusal& refusal) {
    return refusal.what();
  }
}

void Fleet::end_task(const Event& event, std::int64_t Tally::*end) {
  {
    const std::scoped_lock lock(mutex_);
    ++(tally_.*end);
  }
  observe_(event);
}

}  // namespace orch::fleet
