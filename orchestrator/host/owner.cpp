#include "orchestrator/host/owner.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/host/bound_machines.h"
#include "orchestrator/host/project_files.h"
#include "orchestrator/json/members.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"
#include "workers/bindings/bindings.h"

namespace orch::host {

namespace bj = boost::json;

constexpr std::chrono::seconds look_interval{1};

Owner::Owner(const std::string& store, const std::string& command, int workers,
             const std::string& bindings, stepfunctions::Options service_options,
             engine::Limits limits, std::vector<monitor::Listener*> listeners, Triggers triggers)
    : store_(store::open_as_owner(store, command)),
      reader_(store::open_as_reader(store)),
      registry_(workers::built_in()) {
  keep_project_files(store, *store_);
  integration_.add_workers(registry_);
  std::vector<bindings::StateMachine> machines;
  if (!bindings.empty()) machines = bindings::bind(registry_, bindings);
  store::ListFilter running;
  running.status = execution::Status::running;
  running.limit = -1;
  const auto last = store_->last_recorded();
  for (auto& row : store_->list(running)) {
    if (row.paused_at) continue;
    // Executions of the API's clients may wait for workers that need `orch serve`.
    if (row.made.service.arn.empty()) delegated_.emplace(row.made.run_id, row.made.name);
    const auto at = last.find(row.id);
    // Without: a damaged history, which the engine tells of.
    if (at != last.end()) continued_.push_back({std::move(row), at->second});
  }
  engine::Options options;
  options.workers = workers;
  options.triggers = triggers == Triggers::fire;
  options.service_quotas = service_options.quotas;
  options.access = service_options.access;
  options.limits = std::move(limits);
  // Asked on whatever thread a run is decided.
  options.activity_exists = [beside = std::shared_ptr(store::open_beside_owner(store)),
                             mutex = std::make_shared<std::mutex>()](const std::string& arn) {
    const std::scoped_lock lock(*mutex);
    return beside->machines().activity(arn.substr(arn.rfind(':') + 1)).has_value();
  };
  options.nested = stepfunctions::starts_for_tasks(store, service_options);
  service_ = std::make_unique<stepfunctions::Service>(registry_, store, std::move(service_options));
  keep_machines(*service_, machines);
  if (!listeners.empty())
    monitor_ = std::make_unique<monitor::Monitor>(feed_, store, std::move(listeners));
  engine_ = std::make_unique<engine::Engine>(*store_, registry_, options, &feed_);
  service_->connect(*engine_);
  integration_.connect(*service_, feed_.watchers());
  beside_ = store::open_beside_owner(store);
  site_.emplace(Site{*beside_, engine_.get(), store});
  server_ = std::make_unique<ControlServer>(
      store::files_of(store), [this](const bj::object& request) { return answer(request); });
  housekeeper_ = std::make_unique<Housekeeper>(store);
}

Owner::~Owner() {
  housekeeper_.reset();
  server_.reset();
  engine_.reset();  // its workers use the service
}

Accepted Owner::accept(const Request& request) {
  const std::scoped_lock lock(mutex_);
  try {
    return do_accept(request);
  } catch (const Error& error) {
    // An interrupted run continues as soon as this process owns the store: it may have succeeded
    // before it is asked to.
    const auto* resume = std::get_if<Resume>(&request);
    if (!resume || error.code() != "ORCH-0205" || !was_continued(resume->run)) throw;
    return {resume->run};
  }
}

bool Owner::was_continued(const std::string& run) const {
  return std::ranges::any_of(continued_,
                             [&](const auto& each) { return each.run.made.run_id == run; });
}

Accepted Owner::do_accept(const Request& request) {
  if (const auto* submit = std::get_if<Submit>(&request)) {
    const auto made = engine_->submit(submit->submission);
    return {made.run_id, made.existed};
  }
  if (const auto* resume = std::get_if<Resume>(&request))
    return {engine_->redrive(resume->run, resume->redrive)};
  if (const auto* stop = std::get_if<Stop>(&request))
    return {engine_->stop(stop->run, stop->error, stop->cause)};
  return {reader_->find(std::get<Follow>(request).run).made.run_id};
}

bj::object Owner::perform(const std::string& name, const bj::object& parameters) {
  const auto& wanted = operation(name);
  const std::scoped_lock lock(operating_);
  return wanted.perform(*site_, parameters);
}

bj::object Owner::answer(const bj::object& line) {
  if (const auto* parameters = line.if_contains("parameters"))
    return answer_operation(line, *parameters);
  const auto request = request_from(line);
  const std::scoped_lock lock(mutex_);
  if (closed_) return {{"retry", true}};
  const auto accepted = do_accept(request);
  if (!std::holds_alternative<Stop>(request)) {
    delegated_.emplace(accepted.run, "");
    delegated_changed_ = true;
  }
  fault::point("host.answer");
  return to_json(accepted);
}

bj::object Owner::answer_operation(const bj::object& line, const bj::value& parameters) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return {{"retry", true}};
  }
  auto result = perform(json::text_member(line, "op"), parameters.as_object());
  fault::point("host.answer");
  return {{"result", std::move(result)}};
}

// Locked. The store is asked when a run has come or has ended since the last time, and once a
// second: a run may be set aside without an event.
void Owner::drop_ended() {
  if (!ends_) ends_ = feed_.subscribe({.ends = true}, {.news = 1});
  const bool news = !ends_->read().news.empty();
  const auto now = std::chrono::steady_clock::now();
  if (!std::exchange(delegated_changed_, false) && !news && now < look_again_) return;
  look_again_ = now + look_interval;
  for (auto each = delegated_.begin(); each != delegated_.end();) {
    const auto row = reader_->find_unchecked(each->first);
    each->second = row.made.name;
    const bool over = row.status != execution::Status::running || row.paused_at;
    each = over ? delegated_.erase(each) : std::next(each);
  }
}

std::vector<std::string> Owner::delegated() {
  const std::scoped_lock lock(mutex_);
  drop_ended();
  std::vector<std::string> names;
  for (const auto& [run, name] : delegated_) names.push_back(name);
  return names;
}

void Owner::wait_for_an_end(Millis longest) { ends_->wait(longest); }

bool Owner::close_if_none_delegated() {
  const std::scoped_lock lock(mutex_);
  drop_ended();
  if (delegated_.empty()) closed_ = true;
  return closed_;
}

}  // namespace orch::host
