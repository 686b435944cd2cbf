#include "orchestrator/engine/outages.h"

#include <algorithm>
#include <utility>

namespace orch::engine {

void Outages::load(const std::vector<store::OutageRow>& rows) {
  for (const auto& row : rows)
    if (!row.until) open_.insert_or_assign(row.connection, Open{row, std::nullopt, row.since});
}

bool Outages::begin(const std::string& connection, Instant now, const std::string& reason,
                    std::optional<Millis> patience) {
  const auto [entry, begun] = open_.try_emplace(connection);
  auto& open = entry->second;
  if (begun) open.row = {connection, now, std::nullopt, reason};
  open.patience = patience;
  open.ask_at = now + interval_;
  return begun;
}

std::optional<store::OutageRow> Outages::end(const std::string& connection, Instant now) {
  const auto open = open_.extract(connection);
  if (!open) return std::nullopt;
  auto row = open.mapped().row;
  row.until = std::max(now, row.since);
  return row;
}

const store::OutageRow* Outages::find(const std::string& connection) const {
  const auto found = open_.find(connection);
  return found == open_.end() ? nullptr : &found->second.row;
}

bool Outages::keeps(const std::string& connection, Instant now) const {
  const auto found = open_.find(connection);
  if (found == open_.end() || !found->second.patience) return false;
  return now < found->second.row.since + *found->second.patience;
}

void Outages::set_patience(const std::string& connection, std::optional<Millis> patience) {
  const auto found = open_.find(connection);
  if (found != open_.end()) found->second.patience = patience;
}

bool Outages::ask_now(const std::string& connection, Instant now) {
  const auto found = open_.find(connection);
  if (found == open_.end()) return false;
  auto& open = found->second;
  if (open.sent) {
    open.sent = false;
    return true;
  }
  if (open.ask_at > now) return false;
  open.ask_at = now + interval_;
  return true;
}

std::vector<std::string> Outages::send(Instant now) {
  std::vector<std::string> names;
  for (auto& [name, open] : open_) {
    if (open.ask_at > now) continue;
    open.ask_at = now + interval_;
    open.sent = true;
    names.push_back(name);
  }
  return names;
}

bool Outages::gave_up(Instant now) {
  bool any = false;
  for (auto& [name, open] : open_) {
    if (!open.patience || now < open.row.since + *open.patience) continue;
    any = !std::exchange(open.given_up, true) || any;
  }
  return any;
}

Instant Outages::next(Instant now) const {
  auto next = Instant::max();
  for (const auto& [name, open] : open_) {
    next = std::min(next, std::max(open.ask_at, now));
    if (open.patience && open.row.since + *open.patience > now)
      next = std::min(next, open.row.since + *open.patience);
  }
  return next;
}

}  // namespace orch::engine
