#include "orchestrator/alerts/rule.h"

#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/alerts/read.h"

namespace orch::alerts {
namespace {

constexpr std::array names = {"failed",  "late", "not_started", "drift",
                              "warning", "slow", "store",       "disk"};
constexpr std::int64_t most_times = 1'000;

void read_condition(json::Fields& fields, Rule& rule) {
  const auto word = fields.required_string("on");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (word != names[i]) continue;
    rule.when = static_cast<Condition>(i);
    return;
  }
  if (word.empty()) return;
  fields.problem(
      "on", fmt::format("on is \"{}\"{}", word, did_you_mean(word, {names.begin(), names.end()})),
      fmt::format("one of: {}", fmt::join(names, ", ")));
}

void read_severity(json::Fields& fields, Rule& rule) {
  const auto severity = fields.string("severity");
  if (!severity) return;
  rule.severity = *severity;
  if (rule.severity != "warning" && rule.severity != "critical")
    fields.problem("severity", fmt::format("severity is \"{}\"", rule.severity),
                   "one of: warning, critical");
}

std::vector<std::string> read_channels(json::Fields& fields) {
  auto channels = fields.strings("to");
  if (channels.empty())
    fields.problem("to", "to must name at least one channel", R"("to": ["ops"])");
  return channels;
}

void read_escalation(json::Fields& fields, Rule& rule) {
  const auto* object = fields.object("escalate");
  if (!object) return;
  json::Fields inner(*object, fields.at("escalate"), fields.problems());
  Escalation escalation;
  if (const auto after = read_duration(inner, "after"))
    escalation.after = *after;
  else if (!inner.has("after"))
    inner.problem("", "the member after is required");
  escalation.to = read_channels(inner);
  inner.finish("an escalation");
  rule.escalation = std::move(escalation);
}

// Members that one condition has: with another they are not known, and so a problem.
void read_condition_members(json::Fields& fields, Rule& rule) {
  switch (rule.when) {
    case Condition::failed:
      rule.times = fields.integer("times", 1, most_times).value_or(rule.times);
      break;
    case Condition::late:
      rule.promise = read_promise(fields);
      break;
    case Condition::not_started:
      rule.patience = read_duration(fields, "patience").value_or(rule.patience);
      rule.every = read_duration(fields, "every");
      break;
    case Condition::slow:
      rule.factor = fields.number("factor", 1).value_or(rule.factor);
      break;
    case Condition::disk:
      rule.free_percent = fields.number("free_percent", 0).value_or(rule.free_percent);
      break;
    case Condition::drift:
    case Condition::warning:
    case Condition::store:
      break;
  }
}

}  // namespace

std::string_view to_string(Condition condition) {
  return names[static_cast<std::size_t>(condition)];
}

bool is_of_server(Condition condition) {
  return condition == Condition::store || condition == Condition::disk;
}

Rule read_rule(json::Fields& fields, const std::string& kind) {
  Rule rule;
  read_condition(fields, rule);
  rule.name = fields.string("name").value_or(std::string(to_string(rule.when)));
  read_severity(fields, rule);
  rule.to = read_channels(fields);
  rule.repeat = read_duration(fields, "repeat").value_or(rule.repeat);
  read_escalation(fields, rule);
  read_condition_members(fields, rule);
  fields.finish(kind);
  return rule;
}

std::vector<Rule> read_rules(json::Fields& document, std::string_view field) {
  std::vector<Rule> rules;
  const auto* array = document.array(field);
  if (!array) return rules;
  std::set<std::string> known;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto place = fmt::format("{}/{}", document.at(field), i);
    const auto* object = (*array)[i].if_object();
    if (!object) {
      document.problems().push_back(
          {place, "an alert must be an object, found " + json::describe_type((*array)[i])});
      continue;
    }
    json::Fields fields(*object, place, document.problems());
    auto rule = read_rule(fields, "an alert");
    if (!known.insert(rule.name).second)
      fields.problem("", fmt::format("two alerts are named \"{}\"", rule.name),
                     R"(give one of them another "name")");
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace orch::alerts
