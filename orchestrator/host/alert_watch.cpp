#include "orchestrator/host/alert_watch.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/alerts/message.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/alert_actions.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/open.h"
#include "orchestrator/store/pipelines.h"
#include "orchestrator/store/redaction.h"
#include "orchestrator/telemetry/metrics.h"

namespace orch::host {
namespace {

namespace bj = boost::json;
using store::DeliveryKind;
using store::DeliveryOutcome;

constexpr Millis look_interval{100};
constexpr std::chrono::seconds store_pause{1};  // between two tries of a store that fails
constexpr int store_patience = 3;               // tries before people are told
constexpr std::int64_t ends_at_once = 1'000;
constexpr std::int64_t sends_at_once = 200;
constexpr std::chrono::seconds first_pause{5};  // after a delivery that failed; then twice as long
constexpr std::chrono::seconds longest_pause{900};
constexpr std::chrono::hours most_patience{24};  // then a delivery is given up
constexpr std::chrono::hours deliveries_kept{24 * 30};
constexpr std::chrono::seconds alive_patience{60};  // all is well if it was so within it
constexpr const char* cursor_name = "cursor";
constexpr const char* server_name = "server";

std::chrono::steady_clock::time_point steady() { return std::chrono::steady_clock::now(); }

std::chrono::seconds pause_after(std::int64_t attempts) {
  const auto doublings = std::min<std::int64_t>(attempts - 1, 10);
  return std::min(longest_pause, first_pause * (std::int64_t{1} << doublings));
}

double free_percent(const std::string& store_url) {
  auto folder = store::files_of(store_url).parent_path();
  if (folder.empty()) folder = ".";
  const auto space = std::filesystem::space(folder);
  return 100 * static_cast<double>(space.available) / static_cast<double>(space.capacity);
}

store::DeliveryRow delivery(DeliveryKind kind, std::string target, const bj::object& body,
                            Instant now, Instant due) {
  store::DeliveryRow row;
  row.kind = kind;
  row.target = std::move(target);
  row.body = json::write(body);
  row.made_at = now;
  row.due_at = due;
  return row;
}

struct Metrics {
  telemetry::Family<telemetry::Counter>& deliveries = telemetry::registry().counter(
      {"orch_alert_deliveries_total",
       "Attempts to send a message, resume a run or start one because of an alert: done, failed, "
       "given_up.",
       {"channel", "outcome"}});
  telemetry::Gauge& open =
      telemetry::registry()
          .gauge({"orch_alerts_open", "Alerts that have begun and are not over."})
          .with({});
  telemetry::Gauge& late =
      telemetry::registry()
          .gauge({"orch_late_pipelines",
                  "Pipelines and workflows whose promise of freshness is not kept."})
          .with({});
  telemetry::Family<telemetry::Gauge>& age = telemetry::registry().gauge(
      {"orch_dataset_age_seconds", "Time since the end of the latest success.", {"subject"}});
};

Metrics& metrics() {
  static Metrics all;
  return all;
}

}  // namespace

AlertWatch::AlertWatch(engine::Engine& engine, std::string store, AlertPlan plan,
                       std::function<std::optional<AlertPlan>()> next_plan)
    : engine_(engine),
      store_url_(std::move(store)),
      next_plan_(std::move(next_plan)),
      plan_(std::move(plan)) {
  metrics();  // shown from the start
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

// What was sent meanwhile is not to be sent again.
AlertWatch::~AlertWatch() {
  thread_.request_stop();
  thread_.join();
  sender_.end();
  try {
    if (store_) settle(wall_now());
  } catch (const std::exception& error) {
    log::warn("messages may be sent again: {}", error.what());
  }
}

void AlertWatch::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    auto pause = look_interval;
    try {
      turn();
      store_failures_ = 0;
    } catch (const std::exception& error) {
      store_fails(error.what(), wall_now());
      pause = store_pause;
    }
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, pause, [] { return false; });
  }
}

void AlertWatch::turn() {
  if (auto plan = next_plan_()) plan_ = std::move(*plan);
  const auto now = wall_now();
  if (!store_) load(now);
  settle(now);
  if (steady() - evaluated_ >= plan_.group) {
    evaluate(now);
    evaluated_ = well_at_ = steady();
  }
  send_due(now);
  ping();
}

std::string AlertWatch::to_text(const Cursor& cursor) {
  bj::array runs;
  for (const auto& run : cursor.runs) runs.emplace_back(run);
  return json::write(
      bj::object{{"at", cursor.at.time_since_epoch().count()}, {"runs", std::move(runs)}});
}

void AlertWatch::load(Instant now) {
  auto opened = store::with_redaction(store::open_beside_owner(store_url_));
  kept_ = store::open_alerts_beside_owner(store_url_);
  auto& kept = *kept_;
  states_.clear();
  cursor_.reset();
  for (const auto& [name, text] : kept.states()) {
    if (name != cursor_name) {
      states_.emplace(name, alerts::state_from(text));
      continue;
    }
    const auto value = json::parse(text);
    cursor_ = Cursor{Instant{Millis{value.at("at").as_int64()}}, {}};
    for (const auto& run : value.at("runs").as_array()) cursor_->runs.emplace(run.as_string());
  }
  if (!cursor_) {
    // What ended before there were alerts is nobody's news; what ends from now on is, whatever
    // becomes of this process.
    cursor_ = Cursor{now, {}};
    kept.put_state(cursor_name, to_text(*cursor_));
  }
  kept.forget_deliveries(now - deliveries_kept);
  store_ = std::move(opened);
}

std::vector<store::ExecutionRow> AlertWatch::newly_ended() {
  auto ended = kept_->ended_since(cursor_->at, ends_at_once);
  std::erase_if(ended, [&](const auto& row) {
    return row.ended_at == cursor_->at && cursor_->runs.contains(row.made.run_id);
  });
  return ended;
}

std::map<std::string, Watched> AlertWatch::watched(const std::vector<store::ExecutionRow>& ended) {
  constexpr std::string_view prefix = "workflow:";
  std::set<std::string> workflows;
  for (const auto& row : ended)
    if (!row.made.pipeline) workflows.insert(row.made.workflow);
  for (const auto& rule : plan_.rules)
    if (!rule.of_pipelines && rule.name.find('*') == std::string::npos) workflows.insert(rule.name);
  for (const auto& [name, state] : states_)
    if (name.starts_with(prefix)) workflows.insert(name.substr(prefix.size()));
  return watched_subjects(*store_, plan_, {workflows.begin(), workflows.end()});
}

void AlertWatch::evaluate(Instant now) {
  const auto ended = newly_ended();
  const auto subjects = watched(ended);
  std::map<std::string, alerts::Facts> facts;
  Work work;
  auto cursor = *cursor_;
  for (const auto& row : ended) {
    const auto subject = subjects.find(subject_of(row.made));
    if (subject != subjects.end() && row.damage.empty())
      add_end(subject->second, row, now, facts[subject->first], work);
    if (*row.ended_at != cursor.at) cursor = {*row.ended_at, {}};
    cursor.runs.insert(row.made.run_id);
  }
  add_store_facts(subjects, now, facts);
  judge(subjects, facts, now, work);
  forget_unwatched(subjects, work);
  commit(work, std::move(cursor));
  show(subjects, now);
}

// A failure that the pipeline mends by itself is not one yet.
void AlertWatch::add_end(const Watched& watched, const store::ExecutionRow& row, Instant now,
                         alerts::Facts& facts, Work& work) {
  if (!store_->holds(row.id, 0)) return;  // it was removed
  auto run = end_of(*store_, watched, store_->find_unchecked(row.id));
  if (watched.reaction && run.how == alerts::RunEnd::How::failed) {
    const auto& reaction = *watched.reaction;
    if (row.redrive_count < reaction.resumes) {
      work.deliveries.push_back(delivery(DeliveryKind::resume, row.made.run_id,
                                         {{"resume", row.redrive_count + 1}}, now,
                                         run.ended + reaction.after));
      run.how = alerts::RunEnd::How::stopped;
    } else if (auto started = reaction_start(reaction, watched.subject.name, row, run.failure)) {
      work.deliveries.push_back(
          delivery(DeliveryKind::start, started->target, started->body, now, now));
    }
  }
  facts.ended.push_back(std::move(run));
}

void AlertWatch::add_store_facts(const std::map<std::string, Watched>& watched, Instant now,
                                 std::map<std::string, alerts::Facts>& facts) {
  using alerts::Condition;
  constexpr std::string_view prefix = "pipeline:";
  bool of_runs = false;
  for (const auto& [name, each] : watched) {
    of_runs = of_runs || each.asks_for(Condition::slow) || each.asks_for(Condition::not_started);
    if (name.starts_with(prefix) && each.asks_for(Condition::not_started))
      add_fires(*store_, name.substr(prefix.size()), now, facts[name]);
  }
  if (watched.at(server_name).asks_for(Condition::disk))
    facts[server_name].free_percent = free_percent(store_url_);
  if (!of_runs) return;
  store::ListFilter running;
  running.status = execution::Status::running;
  running.limit = -1;
  for (const auto& row : store_->list(running))
    if (!row.paused_at)
      facts[subject_of(row.made)].under_way.push_back(
          {row.made.run_id, row.made.name, row.made.started_at});
}

void AlertWatch::judge(const std::map<std::string, Watched>& watched,
                       std::map<std::string, alerts::Facts>& facts, Instant now, Work& work) {
  std::vector<alerts::Silence> silences;
  for (const auto& row : kept_->silences()) silences.push_back({row.subject, row.rule, row.until});
  std::vector<alerts::Notice> notices;
  for (const auto& [name, each] : watched) {
    auto before = states_[name];
    if (name == server_name) before.incidents.merge(urgent_.incidents);
    auto result = alerts::evaluate(each.subject, before, facts[name], silences, now);
    if (result.state != states_[name]) work.states[name] = alerts::to_text(result.state);
    notices.insert(notices.end(), result.notices.begin(), result.notices.end());
  }
  for (const auto& [channel, told] : by_channel(notices))
    work.deliveries.push_back(delivery(DeliveryKind::message, channel,
                                       alerts::message_of(told, plan_.server, now), now, now));
}

std::map<std::string, std::vector<alerts::Notice>> AlertWatch::by_channel(
    const std::vector<alerts::Notice>& notices) const {
  std::map<std::string, std::vector<alerts::Notice>> channels;
  for (const auto& notice : notices)
    for (const auto& channel : std::set<std::string>(notice.to.begin(), notice.to.end()))
      channels[channel].push_back(notice);
  return channels;
}

void AlertWatch::forget_unwatched(const std::map<std::string, Watched>& watched, Work& work) {
  for (const auto& [name, state] : states_)
    if (!watched.contains(name)) work.states[name].clear();
}

void AlertWatch::commit(const Work& work, Cursor cursor) {
  const bool moved = cursor.at != cursor_->at || cursor.runs != cursor_->runs;
  if (work.states.empty() && work.deliveries.empty() && !moved) return;
  auto& kept = *kept_;
  kept.transact([&] {
    kept.put_state(cursor_name, to_text(cursor));
    for (const auto& [name, text] : work.states)
      if (text.empty())
        kept.remove_state(name);
      else
        kept.put_state(name, text);
    for (const auto& row : work.deliveries) kept.add_delivery(row);
  });
  cursor_ = std::move(cursor);
  urgent_ = {};
  for (const auto& [name, text] : work.states)
    if (text.empty())
      states_.erase(name);
    else
      states_[name] = alerts::state_from(text);
}

void AlertWatch::show(const std::map<std::string, Watched>& watched, Instant now) {
  std::size_t open = 0, late = 0;
  for (const auto& [name, each] : watched) {
    const auto state = states_.find(name);
    if (state == states_.end()) continue;
    open += state->second.incidents.size();
    for (const auto& rule : each.subject.rules)
      late += rule.when == alerts::Condition::late && state->second.incidents.contains(rule.name);
    if (const auto& last = state->second.last_success)
      metrics().age.with({name}).set(std::chrono::duration<double>(now - *last).count());
  }
  metrics().open.set(static_cast<double>(open));
  metrics().late.set(static_cast<double>(late));
}

void AlertWatch::send_due(Instant now) {
  for (const auto& row : kept_->pending_deliveries(sends_at_once)) {
    if (row.due_at > now) return;
    if (!sending_.contains(row.id)) send(row);
  }
}

void AlertWatch::send(const store::DeliveryRow& row) {
  const auto id = fmt::format("{}-{}", store_->store_id(), row.id);
  std::function<void(const std::function<void()>&)> work;
  std::string channel = row.target;
  try {
    if (row.kind == DeliveryKind::message) {
      const auto found = plan_.channels.find(row.target);
      if (found == plan_.channels.end())
        throw Error("ORCH-0830", fmt::format("no channel \"{}\"", row.target),
                    "the file of --alerts names the channels");
      work = [send = found->second, id, body = row.body](const auto& tick) {
        send(id, json::parse(body).as_object(), tick);
      };
    } else {
      channel = "orch";
      work = [act = action_of(*store_, engine_, row, id)](const auto&) { act(); };
    }
  } catch (const std::exception& error) {
    work = [said = std::string(error.what())](const auto&) { throw std::runtime_error(said); };
  }
  if (sender_.start(channel, row.id, std::move(work))) sending_.emplace(row.id, row);
}

void AlertWatch::settle(Instant now) {
  for (auto& done : sender_.done()) {
    const auto found = sending_.find(done.id);
    if (found == sending_.end()) {
      if (!done.error.empty()) log::warn("not sent: {}", done.error);
      continue;
    }
    auto row = found->second;
    ++row.attempts;
    row.error = done.error;
    const bool late = now - row.made_at > most_patience;
    if (done.error.empty())
      row.outcome = DeliveryOutcome::done;
    else if (late)
      row.outcome = DeliveryOutcome::given_up;
    else
      row.due_at = now + pause_after(row.attempts);
    const auto* word = done.error.empty() ? "done" : late ? "given_up" : "failed";
    metrics()
        .deliveries.with({row.kind == DeliveryKind::message ? row.target : "orch", word})
        .add();
    if (!done.error.empty())
      log::warn({{"event", "delivery_failed"}, {"channel", row.target}, {"attempt", row.attempts}},
                "{}", done.error);
    settled_.push_back(std::move(row));
  }
  while (!settled_.empty()) {
    fault::point("alerts.sent");
    kept_->put_delivery(settled_.back());
    sending_.erase(settled_.back().id);
    settled_.pop_back();
  }
}

// What cannot be kept is sent at once, to whom the server's rules name; who is told of it twice is
// told rather than not.
void AlertWatch::store_fails(const std::string& why, Instant now) {
  store_.reset();
  ++store_failures_;
  log::error("alerts are not evaluated: {}", why);
  if (store_failures_ < store_patience) return;
  alerts::Facts facts;
  facts.store_trouble = why;
  alerts::Subject server{server_name, "", {}};
  for (const auto& rule : plan_.server_rules)
    if (rule.when == alerts::Condition::store) server.rules.push_back(rule);
  auto result = alerts::evaluate(server, std::move(urgent_), facts, {}, now);
  urgent_ = std::move(result.state);
  for (const auto& [channel, told] : by_channel(result.notices)) {
    const auto found = plan_.channels.find(channel);
    if (found == plan_.channels.end()) continue;
    sender_.start(channel, 0,
                  [send = found->second, message = alerts::message_of(told, plan_.server, now),
                   id = fmt::format("store-{}", now.time_since_epoch().count())](const auto& tick) {
                    send(id, message, tick);
                  });
  }
}

// Only while the store takes what is written and the engine answers: silence is the signal.
void AlertWatch::ping() {
  if (!plan_.alive || steady() - pinged_ < plan_.alive->every) return;
  if (steady() - well_at_ > alive_patience) return;
  const auto asked = engine_.report("-", {});
  const bool begun =
      sender_.start(" alive", 0, [asked, ping = plan_.alive->ping](const auto& tick) {
        while (!asked->is_done()) {
          tick();
          std::this_thread::sleep_for(look_interval);
        }
        ping(tick);
      });
  if (begun) pinged_ = steady();
}

}  // namespace orch::host
