#include "orchestrator/view/limits.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/view/projection.h"

namespace orch::view {
namespace {

namespace bj = boost::json;

constexpr std::size_t most_names = 5;

/// The rows of the slots, with the runs that they are of.
class Board {
 public:
  /// `sees` must outlive it.
  Board(store::Store& store, const Sees& sees)
      : store_(store), sees_(sees), rows_(store.limits().slots()) {}

  const std::vector<store::SlotRow>& rows() const { return rows_; }

  bool sees(store::ExecutionId id) {
    if (!sees_) return true;
    const auto& root = root_of(id);
    const auto known = seen_.find(root.id);
    if (known != seen_.end()) return known->second;
    return seen_.emplace(root.id, sees_(root)).first->second;
  }

  /// The run that an execution is, or is a part of.
  const store::ExecutionRow& root_of(store::ExecutionId id) {
    const auto& row = row_of(id);
    if (row.made.parent) return root_of(row.made.parent->execution);
    if (row.made.starter && row.made.starter->waits) return root_of(row.made.starter->execution);
    return row;
  }

  std::string text_of(const store::SlotRow& waits) {
    if (waits.slot.empty()) return waits.label.empty() ? "its turn" : waits.label;
    std::vector<std::string> names;
    std::int64_t held = 0;
    for (const auto& row : rows_) {
      if (!row.held || row.slot != waits.slot) continue;
      ++held;
      if (!sees(row.execution)) continue;
      const auto& name = root_of(row.execution).made.name;
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    const bool more = names.size() > most_names;
    names.resize(std::min(names.size(), most_names));
    if (!waits.at_once || held == 0) return fmt::format("a slot of {}", waits.label);
    return fmt::format("a slot of {} ({} of {} held{}{}{})", waits.label, held, *waits.at_once,
                       names.empty() ? "" : " by ", fmt::join(names, ", "), more ? ", …" : "");
  }

  /// By root and text.
  std::map<std::pair<store::ExecutionId, std::string>, TaskWait> waits() {
    std::map<std::pair<store::ExecutionId, std::string>, TaskWait> found;
    for (const auto& row : rows_) {
      if (row.held || !sees(row.execution)) continue;
      auto text = text_of(row);
      auto& wait = found[{root_of(row.execution).id, text}];
      wait.text = std::move(text);
      wait.since = wait.tasks == 0 ? row.since : std::min(wait.since, row.since);
      ++wait.tasks;
    }
    return found;
  }

 private:
  const store::ExecutionRow& row_of(store::ExecutionId id) {
    const auto known = executions_.find(id);
    if (known != executions_.end()) return known->second;
    return executions_.emplace(id, store_.find_unchecked(id)).first->second;
  }

  store::Store& store_;
  const Sees& sees_;
  std::map<store::ExecutionId, bool> seen_;  ///< by root
  std::vector<store::SlotRow> rows_;
  std::map<store::ExecutionId, store::ExecutionRow> executions_;
};

bj::array slots_document(Board& board) {
  std::map<std::string, bj::object> slots;
  std::set<std::string> seen;
  for (const auto& row : board.rows()) {
    if (row.slot.empty()) continue;
    auto& slot = slots[row.slot];
    if (slot.empty())
      slot = {{"slot", row.slot}, {"label", row.label},     {"at_once", nullptr},
              {"held", 0},        {"holders", bj::array()}, {"waiting", 0}};
    if (row.at_once) slot["at_once"] = *row.at_once;
    auto& count = slot[row.held ? "held" : "waiting"];
    count = count.as_int64() + 1;
    if (!board.sees(row.execution)) continue;
    seen.insert(row.slot);
    if (!row.held) continue;
    const auto& run = board.root_of(row.execution).made;
    slot["holders"].as_array().push_back(
        bj::object{{"run", run.run_id}, {"name", run.name}, {"since", to_iso(row.since)}});
  }
  bj::array array;
  for (auto& [name, slot] : slots)
    if (seen.contains(name)) array.push_back(std::move(slot));
  return array;
}

}  // namespace

std::vector<TaskWait> task_waits(store::Store& store, const store::ExecutionRow& run,
                                 const Sees& sees) {
  Board board(store, sees);
  std::vector<TaskWait> found;
  if (board.rows().empty()) return found;
  for (auto& [key, wait] : board.waits())
    if (key.first == board.root_of(run.id).id) found.push_back(std::move(wait));
  return found;
}

std::optional<store::HoldRow> hold_of(store::Store& store, const store::ExecutionRow& run,
                                      Instant now) {
  const auto subject = "run " + run.made.run_id;
  for (auto& hold : store.limits().holds())
    if (hold.subject == subject && (!hold.until || *hold.until > now)) return std::move(hold);
  return std::nullopt;
}

bj::object hold_document(const store::HoldRow& hold) {
  bj::object document{
      {"subject", hold.subject}, {"mode", to_string(hold.mode)}, {"since", to_iso(hold.since)}};
  if (hold.until) document["until"] = to_iso(*hold.until);
  if (!hold.by.empty()) document["by"] = hold.by;
  if (!hold.reason.empty()) document["reason"] = hold.reason;
  return document;
}

bj::object limits_document(store::Store& store, const Sees& sees) {
  bj::array holds;
  for (const auto& hold : store.limits().holds()) holds.push_back(hold_document(hold));
  Board board(store, sees);
  bj::array waiting;
  for (const auto& [key, wait] : board.waits()) {
    const auto& run = board.root_of(key.first).made;
    waiting.push_back(bj::object{{"run", run.run_id},
                                 {"name", run.name},
                                 {"for", wait.text},
                                 {"tasks", wait.tasks},
                                 {"since", to_iso(wait.since)}});
  }
  return {{"holds", std::move(holds)},
          {"slots", slots_document(board)},
          {"waiting", std::move(waiting)}};
}

// What is kept is a cause: {"message", …} of the worker that noticed it.
std::string outage_reason(const store::OutageRow& outage) {
  return failure_of(std::nullopt, outage.reason).message;
}

bj::object outages_document(const std::vector<store::OutageRow>& outages) {
  bj::array array;
  for (const auto& outage : outages) {
    bj::object one{{"connection", outage.connection}, {"since", to_iso(outage.since)}};
    if (outage.until) {
      one["until"] = to_iso(*outage.until);
      one["seconds"] = (*outage.until - outage.since).count() / 1'000;
    }
    one["reason"] = outage_reason(outage);
    array.push_back(std::move(one));
  }
  return {{"outages", std::move(array)}};
}

}  // namespace orch::view
