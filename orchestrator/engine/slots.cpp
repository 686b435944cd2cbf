#include "orchestrator/engine/slots.h"

#include <algorithm>

#include <fmt/format.h>

namespace orch::engine {
namespace {

template <class Key>
void count_down(std::map<Key, std::int64_t>& counts, const Key& key) {
  const auto found = counts.find(key);
  if (--found->second == 0) counts.erase(found);
}

template <class Key>
std::int64_t count_of(const std::map<Key, std::int64_t>& counts, const Key& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

std::string Slots::line_of(const Applicant& applicant) {
  auto line = fmt::format("{} {} {}", applicant.priority, static_cast<std::int64_t>(applicant.root),
                          applicant.group);
  for (const auto& need : applicant.needs) line += '\n' + need.slot + '\t' + need.label;
  return line;
}

void Slots::learn(const Applicant& applicant) {
  for (const auto& need : applicant.needs) {
    limits_[{need.slot, need.label}] = {need.at_once, need.rate};
    auto& slot = slots_[need.slot];
    if (need.rate) slot.counted = std::max(slot.counted, need.rate->count);
  }
}

void Slots::enqueue(Entry entry) {
  const auto key = entry.applicant.key;
  lines_[line_of(entry.applicant)].emplace(entry.place, key);
  waiting_.emplace(key, std::move(entry));
}

void Slots::wait(Applicant applicant) {
  if (holding_.contains(applicant.key)) return;
  auto place = next_place_++;
  if (const auto known = waiting_.find(applicant.key); known != waiting_.end()) {
    place = known->second.place;
    applicant.since = known->second.applicant.since;
    drop(applicant.key);
  }
  learn(applicant);
  enqueue({std::move(applicant), place});
}

void Slots::drop(const SlotKey& key) {
  if (const auto waits = waiting_.extract(key)) {
    const auto& entry = waits.mapped();
    const auto line = lines_.find(line_of(entry.applicant));
    line->second.erase(entry.place);
    if (line->second.empty()) lines_.erase(line);
  }
  if (const auto holds = holding_.extract(key)) {
    const auto& applicant = holds.mapped().applicant;
    for (const auto& need : applicant.needs) --slots_[need.slot].held;
    count_down(by_group_, applicant.group);
    count_down(by_root_, applicant.root);
  }
}

void Slots::take_back(const SlotKey& key) {
  const auto found = holding_.find(key);
  if (found == holding_.end()) return;
  auto entry = found->second;
  drop(key);
  enqueue(std::move(entry));
}

bool Slots::full(const SlotNeed& need, std::int64_t reserved) const {
  const auto& at_once = limits_.at({need.slot, need.label}).at_once;
  return at_once && slots_.at(need.slot).held + reserved >= *at_once;
}

std::optional<Instant> Slots::opens(const SlotNeed& need, Instant now) const {
  const auto& rate = limits_.at({need.slot, need.label}).rate;
  const auto& starts = slots_.at(need.slot).starts;
  if (!rate || static_cast<std::int64_t>(starts.size()) < rate->count) return std::nullopt;
  const auto at = starts[starts.size() - static_cast<std::size_t>(rate->count)] + rate->per;
  return at > now ? std::optional(at) : std::nullopt;
}

Slots::Rank Slots::rank(const Line& line) const {
  const auto& [place, key] = *line.begin();
  const auto& applicant = waiting_.at(key).applicant;
  return {-applicant.priority, count_of(by_group_, applicant.group),
          count_of(by_root_, applicant.root), place};
}

void Slots::hold(Entry entry, Instant now) {
  auto& applicant = entry.applicant;
  for (const auto& need : applicant.needs) {
    auto& slot = slots_[need.slot];
    ++slot.held;
    if (slot.counted == 0) continue;
    slot.starts.push_back(now);
    if (static_cast<std::int64_t>(slot.starts.size()) > slot.counted) slot.starts.pop_front();
  }
  ++by_group_[applicant.group];
  ++by_root_[applicant.root];
  const auto key = applicant.key;
  holding_.emplace(key, std::move(entry));
}

Slots::Verdict Slots::judge(const Applicant& applicant, const Shares& reserved, Instant now) const {
  Verdict verdict;
  for (const auto& need : applicant.needs) {
    verdict.lacks_slot = verdict.lacks_slot || full(need, count_of(reserved, need.slot));
    if (const auto at = opens(need, now))
      verdict.opens_at = std::max(verdict.opens_at.value_or(*at), *at);
  }
  return verdict;
}

std::vector<SlotKey> Slots::grant(Instant now, const Barred& barred) {
  opens_at_.reset();
  std::vector<SlotKey> granted;
  std::set<std::pair<Rank, std::string>> order;
  const auto line_up = [&](const std::string& name) {
    const auto line = lines_.find(name);
    if (line == lines_.end()) return;
    if (!barred(waiting_.at(line->second.begin()->second).applicant))
      order.emplace(rank(line->second), name);
  };
  for (const auto& [name, line] : lines_) line_up(name);
  Shares reserved;
  while (!order.empty()) {
    const auto [ranked, name] = order.extract(order.begin()).value();
    const auto& line = lines_.at(name);
    // A grant makes ranks worse, never better.
    if (const auto present = rank(line); present != ranked) {
      order.emplace(present, name);
      continue;
    }
    const auto key = line.begin()->second;
    const auto& applicant = waiting_.at(key).applicant;
    const auto verdict = judge(applicant, reserved, now);
    if (verdict.lacks_slot) {
      for (const auto& need : applicant.needs) ++reserved[need.slot];
    } else if (verdict.opens_at) {
      opens_at_ = std::min(opens_at_.value_or(*verdict.opens_at), *verdict.opens_at);
    } else {
      auto entry = waiting_.at(key);
      drop(key);
      hold(std::move(entry), now);
      granted.push_back(key);
      line_up(name);
    }
  }
  return granted;
}

Millis Slots::patience(Instant now) const {
  if (!opens_at_) return Millis::max();
  return std::max(*opens_at_ - now, Millis{0});
}

const Applicant* Slots::holder(const SlotKey& key) const {
  const auto found = holding_.find(key);
  return found == holding_.end() ? nullptr : &found->second.applicant;
}

const Applicant* Slots::waiter(const SlotKey& key) const {
  const auto found = waiting_.find(key);
  return found == waiting_.end() ? nullptr : &found->second.applicant;
}

std::vector<SlotKey> Slots::waiters_of(store::ExecutionId run) const {
  std::vector<SlotKey> keys;
  for (auto each = waiting_.lower_bound({run, 0}); each != waiting_.end(); ++each) {
    if (each->first.run != run) break;
    keys.push_back(each->first);
  }
  return keys;
}

std::vector<const Applicant*> Slots::waiters() const {
  std::vector<const Applicant*> all;
  for (const auto& [key, entry] : waiting_) all.push_back(&entry.applicant);
  return all;
}

std::int64_t Slots::held(const std::string& slot) const {
  const auto found = slots_.find(slot);
  return found == slots_.end() ? 0 : found->second.held;
}

const SlotNeed* Slots::lacking(const Applicant& applicant, Instant now) const {
  for (const auto& need : applicant.needs)
    if (full(need, 0) || opens(need, now)) return &need;
  return nullptr;
}

}  // namespace orch::engine
