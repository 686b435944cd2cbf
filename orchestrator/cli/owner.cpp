#include "orchestrator/cli/owner.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/bound_machines.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/sqlite_store.h"
#include "workers/bindings/bindings.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

std::string text_in(const bj::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

engine::Submission submission_of(const bj::object& request) {
  engine::Submission submission;
  submission.name = text_in(request, "name");
  submission.workflow = text_in(request, "workflow");
  submission.definition = text_in(request, "definition");
  submission.input = text_in(request, "input");
  submission.connections = text_in(request, "connections");
  submission.request = text_in(request, "request");
  return submission;
}

engine::Redrive redrive_of(const bj::object& request) {
  engine::Redrive redrive{text_in(request, "from"), text_in(request, "input"), {}};
  redrive.connections = text_in(request, "connections");
  redrive.catalog = text_in(request, "catalog");
  redrive.request = text_in(request, "request");
  if (request.contains("definition")) redrive.definition = text_in(request, "definition");
  return redrive;
}

}  // namespace

void Bell::on_events(const store::ExecutionRow& run, std::span<const execution::Event> events) {
  if (other_) other_->on_events(run, events);
  if (run.status == execution::Status::running) return;
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  rung_.notify_all();
}

void Bell::on_progress(const std::string& run_id, execution::Ticket ticket,
                       const workers::Progress& progress) {
  if (other_) other_->on_progress(run_id, ticket, progress);
}

void Bell::on_activity_task(const std::string& activity) {
  if (other_) other_->on_activity_task(activity);
}

void Bell::wait(Millis longest) {
  std::unique_lock lock(mutex_);
  rung_.wait_for(lock, longest, [&] { return ended_; });
  ended_ = false;
}

Owner::Owner(const std::filesystem::path& store, const std::string& command, int workers,
             const std::string& bindings, stepfunctions::Options service_options,
             engine::Observer* observer)
    : path_(store),
      store_(store::open_as_owner(store, command)),
      reader_(store::open_as_reader(store)),
      registry_(workers::built_in()),
      bell_(observer) {
  integration_.add_workers(registry_);
  std::vector<bindings::StateMachine> machines;
  if (!bindings.empty()) machines = bindings::bind(registry_, bindings);
  store::ListFilter running;
  running.status = execution::Status::running;
  running.limit = -1;
  for (auto& row : store_->list(running)) {
    if (row.paused_at) continue;
    // Executions of the API's clients may wait for workers that need `orch serve`.
    if (row.made.service.arn.empty()) guests_.insert(row.made.run_id);
    const auto last = store_->last_event_at(row.id);
    continued_.push_back({std::move(row), last});
  }
  engine::Options options;
  options.workers = workers;
  options.service_quotas = service_options.quotas;
  options.access = service_options.access;
  // Asked on whatever thread a run is decided.
  options.activity_exists = [machines = std::shared_ptr(store::open_machines(store)),
                             mutex = std::make_shared<std::mutex>()](const std::string& arn) {
    const std::scoped_lock lock(*mutex);
    return machines->activity(arn.substr(arn.rfind(':') + 1)).has_value();
  };
  engine_ = std::make_unique<engine::Engine>(*store_, registry_, options, &bell_);
  service_ = std::make_unique<stepfunctions::Service>(*engine_, store, std::move(service_options));
  keep_machines(*service_, machines);
  integration_.connect(*service_);
  server_ = std::make_unique<ControlServer>(
      store, [this](const bj::object& request) { return answer(request); });
}

Owner::~Owner() {
  server_.reset();
  engine_.reset();  // its workers use the service
}

bj::object Owner::answer(const bj::object& request) {
  const std::scoped_lock lock(mutex_);
  if (closed_) return {{"retry", true}};
  const auto op = text_in(request, "op");
  if (op == "submit") {
    const auto made = engine_->submit(submission_of(request));
    guests_.insert(made.run_id);
    return {{"run", made.run_id}, {"existed", made.existed}};
  }
  if (op == "resume") {
    const auto run = engine_->redrive(text_in(request, "run"), redrive_of(request));
    guests_.insert(run);
    return {{"run", run}};
  }
  // Only looked after: a run that has ended is not begun again.
  if (op == "follow") {
    const auto run = reader_->find(text_in(request, "run")).made.run_id;
    guests_.insert(run);
    return {{"run", run}};
  }
  if (op == "stop")
    return {{"run", engine_->stop(text_in(request, "run"), text_in(request, "error"),
                                  text_in(request, "cause"))}};
  throw Error("ORCH-0007", fmt::format("the owner of the store does not know \"{}\"", op),
              "it runs another version of orch; wait for it to end");
}

void Owner::drop_ended_guests() {
  std::erase_if(guests_, [&](const std::string& run) {
    const auto row = reader_->find(run);
    return row.status != execution::Status::running || row.paused_at;
  });
}

std::vector<std::string> Owner::guests() {
  const std::scoped_lock lock(mutex_);
  drop_ended_guests();
  std::vector<std::string> names;
  for (const auto& run : guests_) names.push_back(reader_->find(run).made.name);
  return names;
}

bool Owner::close_if_no_guests() {
  const std::scoped_lock lock(mutex_);
  drop_ended_guests();
  if (guests_.empty()) closed_ = true;
  return closed_;
}

}  // namespace orch::cli
