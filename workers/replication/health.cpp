#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/time.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/connectors/look.h"
#include "workers/replication/control_steps.h"
#include "workers/replication/step_input.h"

namespace orch::replication {
namespace {

using Clock = std::chrono::steady_clock;

struct Finding {
  std::string name;
  std::string engine;
  std::string status;  ///< "up", "degraded", "down", "refused"
  std::string reason;
  double latency_ms = 0;
  std::optional<workers::TaskFailed> refusal = {};  ///< of a database that is there
};

/// A connection, and whether rows are read from it.
struct Wanted {
  std::string name;
  connectors::Role role = connectors::Role::source;
};

// Only what ends by itself is waited for. A wrong password asked for again and again locks
// accounts.
bool may_pass(const std::string& error) {
  return error == "Connection.Down" || error == "Connection.Lost" || error.ends_with(".Locked");
}

Finding look_at(const connectors::Connections& connections, connectors::Summary summary,
                connectors::Role role) {
  Finding finding{summary.name, summary.engine, "up", "", 0};
  const auto start = Clock::now();
  try {
    const auto health = connections.ping(summary.name, role);
    finding.reason = health.degraded.empty() ? health.version : health.degraded;
    if (!health.degraded.empty()) finding.status = "degraded";
  } catch (const workers::TaskFailed& failure) {
    finding.status = may_pass(failure.error()) ? "down" : "refused";
    finding.reason = failure.what();
    if (finding.status == "refused") finding.refusal = failure;
  }
  finding.latency_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  return finding;
}

// All at once: a connection that hangs until its timeout delays no other.
std::vector<Finding> look_at_all(const connectors::Connections& connections,
                                 const std::vector<Wanted>& wanted) {
  const auto known = connections.list();
  std::vector<std::future<Finding>> looks;
  for (const auto& [name, role] : wanted) {
    const auto summary = std::find_if(
        known.begin(), known.end(), [&name = name](const auto& each) { return each.name == name; });
    if (summary == known.end()) connections.ping(name, role);  // throws Connection.Unknown
    looks.push_back(
        std::async(std::launch::async, look_at, std::cref(connections), *summary, role));
  }
  std::vector<Finding> findings;
  for (auto& look : looks) findings.push_back(look.get());
  return findings;
}

std::string overall(const std::vector<Finding>& findings) {
  const auto any = [&](const char* status) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.status == status; });
  };
  if (any("refused")) return "refused";
  if (any("down")) return "down";
  return any("degraded") ? "degraded" : "up";
}

std::string summary_of(const std::vector<Finding>& findings) {
  std::vector<std::string> lines;
  for (const auto& finding : findings) {
    if (finding.status == "refused")
      lines.push_back(fmt::format("{} refuses: {}", finding.name, finding.reason));
    else if (finding.status != "up")
      lines.push_back(fmt::format("{} is {}: {}", finding.name, finding.status, finding.reason));
  }
  if (lines.empty()) return fmt::format("{} connections are up", findings.size());
  return fmt::format("{}", fmt::join(lines, "; "));
}

boost::json::array to_json(const std::vector<Finding>& findings) {
  boost::json::array array;
  for (const auto& finding : findings) {
    boost::json::object object{{"name", finding.name},
                               {"engine", finding.engine},
                               {"status", finding.status},
                               {"latency_ms", finding.latency_ms}};
    if (!finding.reason.empty()) object["reason"] = finding.reason;
    array.push_back(std::move(object));
  }
  return array;
}

bool deadline_passed(const workers::Task& task, std::int64_t deadline_seconds) {
  const auto* since = input_member(task, "since");
  if (!since || !since->is_string()) return true;
  const auto start = from_iso(std::string_view(since->get_string()));
  return !start ||
         std::chrono::system_clock::now() >= *start + std::chrono::seconds(deadline_seconds);
}

// Those the input names, or those of its catalog.
std::vector<Wanted> wanted_connections(const workers::Task& task,
                                       const connectors::Connections& connections) {
  std::vector<Wanted> wanted;
  for (const auto& name : string_list("connections", input_member(task, "connections")))
    wanted.push_back({name});
  if (!wanted.empty()) return wanted;
  const auto entries = chosen_entries(task, connections).entries;
  for (const auto& name : catalog::connections_of(entries)) {
    const bool read = std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
      return entry.source_connection == name;
    });
    wanted.push_back({name, read ? connectors::Role::source : connectors::Role::target});
  }
  return wanted;
}

// Fails as the first connection that refuses does; the message names all of them.
[[noreturn]] void refuse(const std::vector<Finding>& findings) {
  const auto first = std::ranges::find_if(
      findings, [](const Finding& finding) { return finding.refusal.has_value(); });
  const auto cause = json::parse(first->refusal->cause());
  const auto text = [&](const char* name) { return json::text_member(cause, name); };
  throw workers::TaskFailed(first->refusal->error(), summary_of(findings), text("hint"),
                            text("code"),
                            {{"connection", first->name}, {"connections", to_json(findings)}});
}

class Health final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    const auto connections = connectors::Connections::current(task.connections);
    const auto wanted = wanted_connections(task, *connections);
    std::vector<std::string> names;
    for (const auto& each : wanted) names.push_back(each.name);
    connectors::look(context, *connections, names);
    context.report({"health", "checking", 0, 0, {}});
    const auto findings = look_at_all(*connections, wanted);
    const auto status = overall(findings);
    const auto deadline = integer_option(task, "deadline_seconds", 3'600, 0, 31'536'000);
    const auto poll = integer_option(task, "poll_seconds", 15, 1, 86'400);
    if (status == "refused") refuse(findings);
    if (status == "down" && deadline_passed(task, deadline))
      throw workers::TaskFailed("Connection.Down", summary_of(findings),
                                "bring the database up, then `orch resume` the run", "ORCH-0306",
                                {{"connections", to_json(findings)}});
    return {{"status", status},
            {"verdict", status == "down" ? "wait" : "go"},
            {"wait_seconds", poll},
            {"summary", summary_of(findings)},
            {"connections", to_json(findings)}};
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_health() { return std::make_unique<Health>(); }

}  // namespace orch::replication
