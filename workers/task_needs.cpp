#include "workers/task_needs.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "orchestrator/base/wall_clock.h"
#include "workers/connectors/connections.h"
#include "workers/worker.h"

namespace orch::workers {
namespace {

namespace bj = boost::json;
using Path = std::initializer_list<const char*>;

const bj::value* member(const bj::value& input, Path path) {
  const auto* at = &input;
  for (const char* name : path) {
    const auto* object = at->if_object();
    at = object ? object->if_contains(name) : nullptr;
    if (!at) return nullptr;
  }
  return at;
}

void add_text(std::vector<std::string>& names, const bj::value& input, Path path) {
  const auto* value = member(input, path);
  if (!value || !value->is_string()) return;
  const std::string name(value->get_string());
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

constexpr auto source = {"table", "source", "connection"};
constexpr auto target = {"table", "target", "connection"};

std::vector<std::string> of_both(const Task& task) {
  std::vector<std::string> names;
  add_text(names, task.input, source);
  add_text(names, task.input, target);
  return names;
}

std::vector<std::string> of_target(const Task& task) {
  std::vector<std::string> names;
  add_text(names, task.input, target);
  return names;
}

std::vector<std::string> of_named(const Task& task) {
  std::vector<std::string> names;
  add_text(names, task.input, {"connection"});
  return names;
}

std::vector<std::string> of_authentication(const Task& task) {
  std::vector<std::string> names;
  add_text(names, task.input, {"Authentication", "ConnectionArn"});
  for (auto& name : names) name = name.substr(name.rfind(':') + 1);
  return names;
}

struct Row {
  std::string_view resource;
  std::vector<std::string> (*names)(const Task& task);
};

constexpr std::array rows = {
    Row{"orch:stage", of_both},       Row{"orch:audit", of_both},
    Row{"orch:verify", of_target},    Row{"orch:merge", of_target},
    Row{"orch:reconcile", of_target}, Row{"orch:sql", of_named},
    Row{"orch:http", of_named},       Row{"arn:aws:states:::http:invoke", of_authentication},
};

class TaskNeeds final : public Needing {
 public:
  Needs needs_of(const Task& task) const override {
    Needs needs;
    add_tags(task, needs);
    const auto row = std::ranges::find(rows, task.resource, &Row::resource);
    if (row == rows.end() || task.connections.empty()) return needs;
    try {
      const auto connections = connectors::Connections::current(task.connections);
      for (const auto& name : row->names(task))
        needs.push_back(connections->need_of(name, wall_now()));
    } catch (const std::exception&) {
      // The worker finds the same, and says it with all that belongs to it.
    }
    return needs;
  }

  bool answers(const Task& task, const std::string& connection) const override {
    try {
      connectors::Connections::current(task.connections)
          ->ping(connection, connectors::Role::source);
      return true;
    } catch (const TaskFailed& failure) {
      return failure.error() != "Connection.Down";
    }
  }

 private:
  static void add_tags(const Task& task, Needs& needs) {
    needs.push_back({Need::Kind::tag, task.resource, task.resource});
    const auto* tags = member(task.input, {"table", "tags"});
    if (!tags || !tags->is_array()) return;
    for (const auto& tag : tags->get_array()) {
      if (!tag.is_string()) continue;
      const std::string name(tag.get_string());
      needs.push_back({Need::Kind::tag, name, name});
    }
  }
};

}  // namespace

std::unique_ptr<Needing> make_needing() { return std::make_unique<TaskNeeds>(); }

}  // namespace orch::workers
