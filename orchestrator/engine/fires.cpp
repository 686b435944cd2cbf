#include "orchestrator/engine/fires.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/engine/family.h"
#include "orchestrator/engine/own_fault.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/facts.h"
#include "orchestrator/telemetry/metrics.h"

namespace orch::engine {
namespace {

namespace bj = boost::json;

// Of those that wait, so many are looked at in a turn; the others follow.
constexpr std::int64_t most_waiting = 200;

std::string name_of(const store::FireRow& fire) {
  return fmt::format("{} {}", fire.trigger, fire.key);
}

std::string pause_text(const store::PipelineRow& pipeline) {
  if (!pipeline.paused) return {};
  const auto& paused = *pipeline.paused;
  return fmt::format("the pipeline was paused{}{}", paused.by.empty() ? "" : " by " + paused.by,
                     paused.note.empty() ? "" : ": " + paused.note);
}

store::PipelineRow required(store::Store& store, const std::string& name) {
  if (auto row = store.pipelines().find(name)) return std::move(*row);
  throw Error("ORCH-0802", fmt::format("no pipeline \"{}\"", name),
              "`orch pipelines` lists them; `orch deploy` makes them");
}

store::FireRow row_of(const Fire& fire) {
  store::FireRow row{fire.pipeline, fire.trigger, fire.key, fire.kind, fire.at};
  row.facts = fire.facts;
  row.input = fire.input;
  return row;
}

bool is_kept(const pipeline::Pipeline& document, const std::string& trigger) {
  const auto found = document.triggers.find(trigger);
  return found != document.triggers.end() &&
         found->second.when_paused == pipeline::WhenPaused::queue;
}

telemetry::Family<telemetry::Counter>& fire_counter() {
  static auto& fires = telemetry::registry().counter(
      {"orch_fires_total", "Fires of pipelines by what became of them.", {"pipeline", "outcome"}});
  return fires;
}

void tell(const NewFire& each) {
  const auto& fire = each.fire;
  fire_counter().with({fire.pipeline, to_string(fire.outcome)}).add();
  const bool bad = fire.outcome == store::FireOutcome::refused;
  log::write(bad ? log::Level::error : log::Level::info,
             {{"pipeline", fire.pipeline},
              {"trigger", fire.trigger},
              {"fire", fire.key},
              {"run", fire.run_id}},
             fmt::format("trigger fired: {}{}{}", to_string(fire.outcome),
                         fire.reason.empty() ? "" : ": ", fire.reason));
}

}  // namespace

Fires::Fires(Runs& runs, Commands& commands, Controls& controls, Submissions& submissions,
             bool starts_queued)
    : runs_(runs),
      commands_(commands),
      controls_(controls),
      submissions_(submissions),
      starts_queued_(starts_queued) {
  fire_counter();  // a scrape shows it before the first fire
}

std::future<Fired> Fires::fire(Fire fire) {
  return commands_.ask<Fired>([this, fire = std::move(fire)] { return decide(fire); });
}

Fired Fires::decide(const Fire& fire) {
  auto& pipelines = runs_.store.pipelines();
  runs_.turn.transaction();  // from here on nothing changes what is read
  auto known = pipelines.fire(fire.pipeline, fire.trigger, fire.key);
  if (known && !(fire.refused_again && known->outcome == store::FireOutcome::refused))
    return {std::move(*known), true};
  const auto pipeline = required(runs_.store, fire.pipeline);
  NewFire each{row_of(fire), false, fire.asked};
  if (fire.declined) {
    each.fire.outcome = fire.declined->outcome;
    each.fire.reason = fire.declined->reason;
    record(std::move(each));
  } else {
    settle(pipeline, {std::move(each)});
  }
  auto made = pipelines.fire(fire.pipeline, fire.trigger, fire.key);
  if (fire.also) fire.also(runs_.store, *made);
  return {std::move(*made), false};
}

std::future<Submitted> Fires::start(Submission submission) {
  return commands_.ask<Submitted>(
      [this, submission = std::move(submission)] { return start_asked(submission, std::nullopt); });
}

Submitted Fires::start_for(const store::StarterLink& starter, const Submission& submission) {
  return start_asked(submission, starter);
}

Submitted Fires::submit(const Submission& submission,
                        const std::optional<store::StarterLink>& starter) {
  return starter ? submissions_.start_for(*starter, submission) : submissions_.submit(submission);
}

Submitted Fires::start_asked(const Submission& submission,
                             const std::optional<store::StarterLink>& starter) {
  runs_.turn.transaction();  // from here on nothing changes what is read
  if (submissions_.is_known(submission, starter)) return submit(submission, starter);
  const auto& link = *submission.pipeline;
  const auto pipeline = required(runs_.store, link.pipeline);
  NewFire each{{link.pipeline, link.trigger, submission.name, link.kind, link.fire_time}};
  pipeline::Situation situation{documents_.get(pipeline)->overlap, {}, under_way(pipeline.name)};
  const std::vector<pipeline::Candidate> asked{{name_of(each.fire)}};
  const auto decided = pipeline::decide(situation, asked);
  Submitted made;
  if (decided.cancel)
    made.declined =
        part_of_itself(situation.under_way, starter ? std::optional(starter->execution)
                                                    : submissions_.starter_of(submission));
  if (!made.declined.empty()) {
    each.fire.outcome = store::FireOutcome::skipped;
    each.fire.reason = made.declined;
    record(std::move(each));
    return made;
  }
  if (decided.cancel) cancel(situation.under_way);
  if (decided.cancel || decided.fires[0].verdict == pipeline::Verdict::start) {
    made = submit(submission, starter);
    each.fire.outcome = store::FireOutcome::started;
    each.fire.run_id = made.run_id;
  } else {
    made.declined = decided.fires[0].reason;
    each.fire.outcome = store::FireOutcome::skipped;
    each.fire.reason = made.declined;
  }
  record(std::move(each));
  return made;
}

void Fires::decide(const store::PipelineRow& pipeline, std::vector<NewFire> fires) {
  std::erase_if(fires, [&](const NewFire& each) {
    return runs_.store.pipelines().fire(pipeline.name, each.fire.trigger, each.fire.key);
  });
  if (!fires.empty()) settle(pipeline, std::move(fires));
}

// What waits is decided together with what comes.
void Fires::settle(const store::PipelineRow& pipeline, std::vector<NewFire> all) {
  auto& pipelines = runs_.store.pipelines();
  const auto document = documents_.get(pipeline);
  pipeline::Situation situation{document->overlap, pause_text(pipeline), {}};
  situation.under_way = under_way(pipeline.name);
  store::FireFilter waiting{.pipeline = pipeline.name, .outcome = store::FireOutcome::queued};
  waiting.backfilled = false;
  waiting.oldest_first = true;
  waiting.limit = most_waiting;
  for (auto& fire : pipelines.fires(waiting)) {
    NewFire each{std::move(fire), true};
    each.asked = each.fire.kind == pipeline::manual_trigger;
    all.push_back(std::move(each));
  }
  std::ranges::stable_sort(all, {}, [](const NewFire& each) { return each.fire.at; });

  std::vector<pipeline::Candidate> candidates;
  for (const auto& each : all)
    candidates.push_back({name_of(each.fire), each.waiting, is_kept(*document, each.fire.trigger),
                          each.asked, each.late, each.catch_up});
  const auto decided = pipeline::decide(situation, candidates);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& fire = all[i].fire;
    const auto& [verdict, reason] = decided.fires[i];
    fire.reason = reason.empty() && verdict == pipeline::Verdict::queue ? fire.reason : reason;
    switch (verdict) {
      case pipeline::Verdict::start:
        start(pipeline, std::move(all[i]));
        continue;
      case pipeline::Verdict::queue:
        if (all[i].waiting) continue;
        fire.outcome = store::FireOutcome::queued;
        break;
      case pipeline::Verdict::skip:
        fire.outcome = store::FireOutcome::skipped;
        break;
      case pipeline::Verdict::miss:
        fire.outcome = store::FireOutcome::missed;
        break;
    }
    record(std::move(all[i]));
  }
  if (!decided.cancel) return;
  cancel(situation.under_way);
}

std::vector<std::string> Fires::under_way(const std::string& pipeline) {
  std::vector<std::string> runs;
  for (const auto& run : runs_.store.pipelines().under_way(pipeline))
    if (!run.backfill) runs.push_back(run.run_id);
  return runs;
}

// A run that asks for another one of its pipeline would be cancelled before that has begun.
std::string Fires::part_of_itself(const std::vector<std::string>& runs,
                                  std::optional<store::ExecutionId> starter) {
  while (starter) {
    const auto row = runs_.store.find_unchecked(*starter);
    if (std::ranges::find(runs, row.made.run_id) != runs.end())
      return fmt::format("run {} of the pipeline asks for it and would be cancelled",
                         row.made.name);
    starter = elder_of(row);
  }
  return {};
}

void Fires::cancel(const std::vector<std::string>& runs) {
  for (const auto& run : runs)
    controls_.end(run, {"Pipeline.Cancelled", "a later fire of the pipeline takes its place"});
}

void Fires::decide() {
  if (!starts_queued_) return;
  while (!looks_.empty() && !runs_.turn.is_full(share::fires)) {
    const auto pipeline = *looks_.begin();
    looked_.insert(pipeline);
    looks_.erase(looks_.begin());
    const auto before = runs_.turn.writes();
    try {
      go_on(pipeline);
    } catch (...) {
      const auto why = own_fault();
      log::error({{"pipeline", pipeline}}, "what waits cannot be started: {}", why);
      if (runs_.turn.writes() == before) continue;
      looked_.erase(pipeline);  // until something else happens to it
      throw SpoiledTurn();
    }
  }
}

void Fires::go_on(const std::string& name) {
  auto& pipelines = runs_.store.pipelines();
  store::FireFilter waiting{.pipeline = name, .outcome = store::FireOutcome::queued};
  waiting.limit = 1;
  if (pipelines.fires(waiting).empty()) return;
  runs_.turn.transaction();  // from here on nothing changes what is read
  const auto pipeline = pipelines.find(name);
  if (!pipeline) return;
  waiting.backfilled = true;
  if (!pipelines.fires(waiting).empty()) start_backfilled(*pipeline, pipelines.under_way(name));
  waiting.backfilled = false;
  if (!pipelines.fires(waiting).empty()) settle(*pipeline, {});
}

// So many of each backfill at a time, whatever else runs, also while the pipeline is paused.
void Fires::start_backfilled(const store::PipelineRow& pipeline,
                             std::span<const store::RunUnderWay> under_way) {
  auto& pipelines = runs_.store.pipelines();
  for (const auto& backfill : pipelines.backfills(pipeline.name)) {
    const auto running = std::ranges::count(
        under_way, backfill.id, [](const auto& run) { return run.backfill.value_or(0); });
    if (running >= backfill.at_once) continue;
    store::FireFilter waiting{.pipeline = pipeline.name, .outcome = store::FireOutcome::queued};
    waiting.backfill = backfill.id;
    waiting.oldest_first = !backfill.newest_first;
    waiting.limit = std::min<std::int64_t>(backfill.at_once - running, most_waiting);
    for (auto& fire : pipelines.fires(waiting)) start(pipeline, {std::move(fire), true});
  }
}

void Fires::start(const store::PipelineRow& pipeline, NewFire each) {
  auto& fire = each.fire;
  const auto before = runs_.turn.writes();
  const auto failed = failed_.find(key_of(fire));
  try {
    if (failed != failed_.end()) throw Error("ORCH-0803", failed->second);
    fire.run_id = start_run(pipeline, fire);
    fire.outcome = store::FireOutcome::started;
    fire.reason.clear();
  } catch (...) {
    fire.reason = own_fault();
    fire.outcome = store::FireOutcome::refused;
    if (runs_.turn.writes() != before) {  // half of a run is in the transaction
      failed_[key_of(fire)] = fire.reason;
      throw SpoiledTurn();
    }
    looks_.insert(fire.pipeline);  // what waits for its end would wait for ever
  }
  record(std::move(each));
}

std::string Fires::start_run(const store::PipelineRow& pipeline, const store::FireRow& fire) {
  fault::point("engine.fire");
  const auto& revision = pipeline.revision;
  Submission submission;
  submission.workflow = revision.workflow;
  submission.definition_hash = revision.definition_hash;
  submission.input = input_of(pipeline, fire);
  submission.connections = revision.connections;
  submission.service.revision = revision.machine_revision;
  submission.service.version = revision.machine_version;
  submission.service.alias = revision.alias;
  submission.pipeline = {pipeline.name, revision.number, fire.trigger,
                         fire.kind,     fire.at,         fire.backfill};
  return submissions_.start_in_turn(submission).run_id;
}

std::string Fires::input_of(const store::PipelineRow& pipeline, const store::FireRow& fire) {
  auto facts = pipeline::facts_of({fire.pipeline, fire.trigger, fire.kind, fire.key, fire.at},
                                  json::parse(fire.facts).as_object());
  if (fire.backfill) facts["backfill"] = *fire.backfill;
  if (fire.input)
    return json::write(pipeline::with_trigger(json::parse(*fire.input), std::move(facts)));
  return json::write(documents_.get(pipeline)->input.evaluate(
      facts, {{"name", pipeline.name}, {"revision", pipeline.revision.number}}));
}

void Fires::record(NewFire each) {
  runs_.turn.transaction();
  each.fire.decided_at = runs_.turn.now();
  runs_.store.pipelines().put_fire(each.fire);
  recorded_.push_back(std::move(each));
}

void Fires::committed() {
  looked_.clear();
  failed_.clear();
  for (const auto& each : recorded_) tell(each);
  recorded_.clear();
}

void Fires::rolled_back() {
  looks_.merge(looked_);
  recorded_.clear();
}

void Fires::ended(Active& run) {
  if (const auto& link = run.row.made.pipeline) look_at(link->pipeline);
}

}  // namespace orch::engine
