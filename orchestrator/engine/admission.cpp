#include "orchestrator/engine/admission.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/describe_exception.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::engine {

Admission::Admission(Runs& runs, Limits limits)
    : runs_(runs),
      limits_(std::move(limits)),
      applicants_(runs_, limits_),
      outages_(limits_.outage_interval) {
  holds_.load(runs.store.limits().holds());
  outages_.load(runs.store.limits().outages("", -1));
  engage();
}

void Admission::engage() { engaged_ = holds_.any() || outages_.any() || !limits_.tags.empty(); }

std::string Admission::barrier(const Applicant& applicant, const Names& asked) const {
  const auto* root = runs_.executions.known(applicant.root);
  if (!root) return {};
  const auto now = runs_.turn.now();
  if (const auto* hold = holds_.on_run(root->row, now)) return describe_hold(*hold);
  const auto needs = needs_.find(applicant.key);
  if (needs == needs_.end()) return {};
  for (const auto& need : needs->second) {
    if (need.kind != workers::Need::Kind::connection) continue;
    if (const auto* hold = holds_.on_connection(need.name, root->row, now))
      return describe_hold(*hold);
    if (need.closed_until && *need.closed_until > now)
      return fmt::format("connection {}, in maintenance until {}{}{}", need.name,
                         to_iso(*need.closed_until), need.closed_why.empty() ? "" : ": ",
                         need.closed_why);
    if (!need.looks && !asked.contains(need.name) && outages_.keeps(need.name, now))
      return fmt::format("connection {}, which has not answered since {}", need.name,
                         to_iso(outages_.find(need.name)->since));
  }
  return {};
}

void Admission::wait(Applicant applicant) {
  rows_.insert(applicant.key);
  if (const auto needs = needs_.find(applicant.key); needs != needs_.end()) {
    for (const auto& need : needs->second)
      if (need.closed_until)
        window_end_ = std::min(window_end_.value_or(*need.closed_until), *need.closed_until);
  }
  slots_.wait(std::move(applicant));
  changed_ = true;
}

void Admission::wait_for(const Active& run, execution::Ticket ticket, const workers::Needs& needs) {
  const SlotKey key{run.row.id, id_of(ticket)};
  slots_.drop(key);
  needs_[key] = needs;
  wait(applicants_.task(run, ticket, needs));
}

workers::Admitted Admission::admit(Delivery& delivery) {
  const auto* run = runs_.executions.find(delivery.execution);
  if (!run || !run->execution.is_open(delivery.ticket)) return {};  // its result is not wanted
  const SlotKey key{delivery.execution, id_of(delivery.ticket)};
  const auto& needs = needs_[key] = delivery.needs();
  const auto now = runs_.turn.now();
  workers::Admitted answer;
  for (const auto& need : needs) {
    if (need.kind != workers::Need::Kind::connection || need.looks) continue;
    if (!outages_.find(need.name)) continue;
    outages_.set_patience(need.name, need.patience);
    const bool keeps = outages_.keeps(need.name, now);
    if (!outages_.ask_now(need.name, now) && keeps) continue;
    answer.ask_first.push_back(need.name);
    if (!keeps) answer.go_anyway.push_back(need.name);
  }
  auto applicant = applicants_.task(*run, delivery.ticket, needs);
  if (!barrier(applicant, {answer.ask_first.begin(), answer.ask_first.end()}).empty()) {
    give_up(key);
    return {false};
  }
  if (slots_.holder(key)) return answer;
  wait(std::move(applicant));
  grant();
  std::erase(go_on_, key);
  if (slots_.holder(key)) {
    asked_.insert(key);
    return answer;
  }
  slots_.drop(key);
  return {false};
}

// An outage that a task is to ask about must not keep that task from its slots.
void Admission::grant() {
  if (!std::exchange(changed_, false) || !slots_.any_wait()) return;
  const auto barred = [&](const Applicant& each) {
    return !asking_.contains(each.key) && !barrier(each).empty();
  };
  for (const auto& key : slots_.grant(runs_.turn.clock().steady(), barred)) {
    granted_.push_back(key);
    go_on_.push_back(key);
    rows_.insert(key);
  }
}

void Admission::answered(const std::vector<std::string>& connections) {
  for (const auto& name : connections) {
    if (auto outage = outages_.end(name, runs_.turn.now()))
      outage_rows_.push_back(std::move(*outage));
  }
  engage();
  changed_ = true;
}

void Admission::tell_again() {
  for (const auto* waiter : slots_.waiters()) rows_.insert(waiter->key);
  for (const auto& [key, why] : parked_) rows_.insert(key);
  look_again_ = changed_ = true;
  engage();
}

void Admission::hold(const store::HoldRow& hold) {
  runs_.turn.transaction();
  runs_.store.limits().put_hold(hold);
  holds_.put(hold);
  tell_again();
}

bool Admission::release(const std::string& subject) {
  runs_.turn.transaction();
  if (!runs_.store.limits().remove_hold(subject)) return false;
  holds_.remove(subject);
  tell_again();
  return true;
}

bool Admission::concerns(const store::HoldRow& hold, const Active& run,
                         const Delivery& delivery) const {
  const auto& root = applicants_.root_of(run).row;
  if (hold.subject == "server" || hold.subject == "run " + root.made.run_id) return true;
  if (hold.subject == "pipeline " + pipeline_of(root)) return true;
  const auto needs = delivery.needs();
  return std::ranges::any_of(needs, [&](const auto& need) {
    return need.kind == workers::Need::Kind::connection &&
           hold.subject == "connection " + need.name;
  });
}

void Admission::came_back(Active& run, Delivery& delivery) {
  if (!run.execution.is_open(delivery.ticket)) return;
  runs_.executions.touch(run);
  delivery.gave_back = true;
  const SlotKey key{delivery.execution, id_of(delivery.ticket)};
  if (!delivery.comes_back) return wait_for(run, delivery.ticket, delivery.needs());
  give_up(key);
  go_on_.push_back(key);
}

bool Admission::outlasts(Active& run, Delivery& delivery, const asl::Failure& failure) {
  if (failure.error != "Connection.Down" || !run.execution.is_open(delivery.ticket)) return false;
  const auto needs = delivery.needs();
  std::string name;
  try {
    name = json::text_member(json::parse(failure.cause), "connection");
  } catch (const json::SyntaxError&) {
    return false;  // what another program says
  }
  const auto need = std::ranges::find_if(needs, [&](const auto& each) {
    return each.kind == workers::Need::Kind::connection && each.name == name;
  });
  if (need == needs.end()) return false;
  const auto now = runs_.turn.now();
  if (outages_.begin(name, now, failure.cause, need->patience))
    outage_rows_.push_back(*outages_.find(name));
  engage();
  if (!outages_.keeps(name, now)) return false;
  runs_.executions.touch(run);
  delivery.gave_back = true;
  wait_for(run, delivery.ticket, needs);
  return true;
}

// After a delivery that was let go another one may have the task, and its slots.
void Admission::left(const Delivery& delivery) {
  const SlotKey key{delivery.execution, id_of(delivery.ticket)};
  if (delivery.gave_back || !(needs_.contains(key) || slots_.holder(key)) || has_worker_(key))
    return;
  if (slots_.holder(key)) give_up(key);
  if (!slots_.waiter(key)) needs_.erase(key);
}

void Admission::give_up(const SlotKey& key) {
  if (!slots_.holder(key) && !slots_.waiter(key)) return;
  slots_.drop(key);
  rows_.insert(key);
  changed_ = true;
}

// Slots of its tasks at work are free when their workers have left.
void Admission::forget(store::ExecutionId run) {
  for (const auto& key : slots_.waiters_of(run)) {
    give_up(key);
    needs_.erase(key);
  }
  give_up({run, 0});
  for (auto each = parked_.lower_bound({run, 0});
       each != parked_.end() && each->first.run == run;) {
    rows_.insert(each->first);
    each = parked_.erase(each);
  }
}

void Admission::closed_some(Active& run) {
  const auto open = [&](const SlotKey& key) {
    return key.ticket == 0 || run.execution.is_open(execution::Ticket{key.ticket});
  };
  for (const auto& key : slots_.waiters_of(run.row.id))
    if (!open(key)) {
      give_up(key);
      needs_.erase(key);
    }
  for (auto each = parked_.lower_bound({run.row.id, 0});
       each != parked_.end() && each->first.run == run.row.id;) {
    const bool stays = open(each->first);
    if (!stays) rows_.insert(each->first);
    each = stays ? std::next(each) : parked_.erase(each);
  }
}

std::string Admission::run_barrier(const Active& run) {
  const auto& root = applicants_.root_of(run);
  if (const auto* hold = holds_.on_run(root.row, runs_.turn.now())) return describe_hold(*hold);
  auto applicant = applicants_.run(root);
  if (applicant.needs.empty() || slots_.holder(applicant.key)) return {};
  auto why = applicant.needs.front().label;
  if (!slots_.waiter(applicant.key)) wait(std::move(applicant));
  return why;
}

bool Admission::take_on(Active& run, const execution::OpenTask& task) {
  const SlotKey key{run.row.id, id_of(task.ticket)};
  if (slots_.waiter(key)) return true;
  auto why = run_barrier(run);
  if (why.empty()) return false;
  parked_.insert_or_assign(key, std::move(why));
  rows_.insert(key);
  return true;
}

void Admission::look_for_what_is_over() {
  const auto now = runs_.turn.now();
  if (holds_.next_end() <= now) {
    for (const auto& subject : holds_.over(now)) {
      release(subject);
      holds_.remove(subject);
    }
  }
  if (window_end_ && *window_end_ <= now) {
    window_end_.reset();
    for (const auto* waiter : slots_.waiters())
      for (const auto& need : needs_[waiter->key])
        if (need.closed_until && *need.closed_until > now)
          window_end_ = std::min(window_end_.value_or(*need.closed_until), *need.closed_until);
    changed_ = true;
  }
  if (slots_.patience(runs_.turn.clock().steady()) == Millis{0}) changed_ = true;
}

// The first that waits for a connection that does not answer is delivered again, to ask it.
void Admission::send_somebody_to_ask() {
  const auto now = runs_.turn.now();
  if (!outages_.any() || !slots_.any_wait()) return;
  changed_ = outages_.gave_up(now) || changed_;
  for (const auto& name : outages_.send(now)) {
    const auto waiters = slots_.waiters();
    const auto first = std::ranges::find_if(waiters, [&](const auto* waiter) {
      return std::ranges::any_of(needs_[waiter->key], [&](const auto& need) {
        return need.kind == workers::Need::Kind::connection && need.name == name;
      });
    });
    if (first != waiters.end()) asking_.insert((*first)->key);
    changed_ = true;
  }
}

void Admission::decide() {
  look_for_what_is_over();
  send_somebody_to_ask();
}

void Admission::write() {
  grant();
  if (clear_ && !runs_.store.limits().slots().empty()) {
    runs_.turn.transaction();
    runs_.store.limits().clear_slots();
  }
  if (rows_.empty() && outage_rows_.empty()) return;
  runs_.turn.transaction();
  for (const auto& key : rows_) write_row(key);
  for (const auto& outage : outage_rows_) runs_.store.limits().put_outage(outage);
}

void Admission::write_row(const SlotKey& key) {
  std::vector<store::SlotRow> rows;
  const auto now = runs_.turn.now();
  if (const auto* holder = slots_.holder(key)) {
    for (const auto& need : holder->needs)
      rows.push_back({key.run, key.ticket, need.slot, need.label, need.at_once, true, now});
  } else if (const auto* waiter = slots_.waiter(key)) {
    const auto why = barrier(*waiter);
    const auto* need = slots_.lacking(*waiter, runs_.turn.clock().steady());
    if (why.empty() && need)
      rows.push_back(
          {key.run, key.ticket, need->slot, need->label, need->at_once, false, waiter->since});
    else
      rows.push_back({key.run, key.ticket, "", why, std::nullopt, false, waiter->since});
  } else if (const auto parked = parked_.find(key); parked != parked_.end()) {
    rows.push_back({key.run, key.ticket, "", parked->second, std::nullopt, false, now});
  }
  runs_.store.limits().set_slots(key.run, key.ticket, rows);
}

void Admission::committed() {
  clear_ = false;
  rows_.clear();
  outage_rows_.clear();
  granted_.clear();
  asked_.clear();
}

// What was granted was not: it is decided again.
void Admission::rolled_back() {
  for (const auto& key : std::exchange(granted_, {})) {
    if (asked_.contains(key))
      slots_.drop(key);
    else
      slots_.take_back(key);
  }
  asked_.clear();
  go_on_.clear();
  changed_ = true;
}

void Admission::carry_out() {
  auto keys = std::exchange(go_on_, {});
  asking_.clear();
  if (std::ranges::any_of(keys, [](const auto& key) { return key.ticket == 0; }))
    look_again_ = true;
  if (std::exchange(look_again_, false))
    for (const auto& [key, why] : parked_) keys.push_back(key);
  for (const auto& key : keys) {
    if (key.ticket == 0) continue;
    try {
      carry_on(key);
    } catch (...) {
      runs_.isolation.carry_out_again(key.run, describe(std::current_exception()));
    }
  }
}

void Admission::carry_on(const SlotKey& key) {
  if (parked_.erase(key) > 0) rows_.insert(key);
  auto* run = runs_.executions.known(key.run);
  const auto task = run ? run->execution.open_task(execution::Ticket{key.ticket}) : std::nullopt;
  if (task) runs_.followers.take_on(*run, *task);
  // It waits for something else, or is no longer wanted.
  if (slots_.holder(key) && !has_worker_(key)) give_up(key);
}

Millis Admission::patience() const {
  auto next = holds_.next_end();
  auto wait = Millis::max();
  const auto now = runs_.turn.now();
  if (slots_.any_wait()) {
    if (window_end_) next = std::min(next, *window_end_);
    next = std::min(next, outages_.next(now));
    wait = slots_.patience(runs_.turn.clock().steady());
  }
  if (next == Instant::max()) return wait;
  return std::min(wait, std::max(next - now, Millis{0}));
}

}  // namespace orch::engine
