#include "orchestrator/asl/references.h"

namespace orch::asl {
namespace {

using Names = std::set<std::string>;

void collect(const std::optional<PayloadTemplate>& source, Names& names) {
  if (source) source->collect_variables(names);
}

void collect(const Path& path, Names& names) {
  if (!path.variable().empty()) names.emplace(path.variable());
}

void collect(const std::optional<Path>& path, Names& names) {
  if (path) collect(*path, names);
}

template <class... Alternatives>
void collect_any(const std::variant<Alternatives...>& value, Names& names) {
  if (const auto* path = std::get_if<Path>(&value)) collect(*path, names);
}

void collect(const std::optional<Number>& number, Names& names) {
  if (number) collect_any(*number, names);
}

void collect(const std::optional<Text>& text, Names& names) {
  if (!text) return;
  collect_any(*text, names);
  if (const auto* call = std::get_if<Intrinsic>(&*text)) call->collect_variables(names);
}

void collect(const Condition& condition, Names& names) {
  if (condition.comparison) {
    collect(condition.comparison->variable, names);
    collect_any(condition.comparison->operand, names);
  }
  for (const auto& operand : condition.operands) collect(operand, names);
}

struct OfBody {
  Names& names;

  void operator()(const Pass&) const {}
  void operator()(const Succeed&) const {}
  void operator()(const Parallel&) const {}
  void operator()(const Task& task) const {
    collect(task.timeout_seconds, names);
    collect(task.heartbeat_seconds, names);
    collect(task.credentials, names);
  }
  void operator()(const Choice& choice) const {
    for (const auto& rule : choice.choices) {
      if (const auto* condition = std::get_if<Condition>(&rule.condition))
        collect(*condition, names);
      collect(rule.assign, names);
    }
  }
  void operator()(const Wait& wait) const {
    collect_any(wait.seconds, names);
    if (wait.timestamp) collect_any(*wait.timestamp, names);
  }
  void operator()(const Fail& fail) const {
    collect(fail.error, names);
    collect(fail.cause, names);
  }
  void operator()(const Map& map) const {
    collect(map.items_path, names);
    collect(map.item_selector, names);
    collect_any(map.max_concurrency, names);
    if (map.distributed) of_distributed(*map.distributed);
  }
  void of_distributed(const Distributed& distributed) const {
    if (const auto& reader = distributed.reader) {
      collect(reader->arguments, names);
      collect(reader->max_items, names);
    }
    if (const auto& batcher = distributed.batcher) {
      collect(batcher->max_items, names);
      collect(batcher->max_bytes, names);
      collect(batcher->batch_input, names);
    }
    if (const auto& writer = distributed.writer) collect(writer->arguments, names);
    collect(distributed.tolerated_count, names);
    if (distributed.tolerated_percentage) collect_any(*distributed.tolerated_percentage, names);
  }
};

Names read_variables(const State& state) {
  Names names;
  collect(state.input_path.path, names);
  collect(state.output_path.path, names);
  collect(state.parameters, names);
  collect(state.result_selector, names);
  collect(state.assign, names);
  for (const auto& catcher : state.catches) collect(catcher.assign, names);
  std::visit(OfBody{names}, state.body);
  return names;
}

}  // namespace

std::set<std::string> assigned_variables(const State& state) {
  Names names;
  const auto add = [&](const std::optional<PayloadTemplate>& assign) {
    if (assign) names.merge(assign->keys());
  };
  add(state.assign);
  for (const auto& catcher : state.catches) add(catcher.assign);
  if (const auto* choice = std::get_if<Choice>(&state.body)) {
    for (const auto& rule : choice->choices) add(rule.assign);
  }
  return names;
}

std::map<std::string, std::set<std::string>> variable_references(const Workflow& workflow) {
  std::map<std::string, Names> references;
  for (const auto& [name, state] : workflow.by_name) {
    if (state->language != QueryLanguage::json_path) continue;
    auto names = read_variables(*state);
    if (!names.empty()) references.emplace(name, std::move(names));
  }
  return references;
}

}  // namespace orch::asl
