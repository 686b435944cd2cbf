#include "workers/bindings/answers.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/jsonata/jsonata.h"

namespace orch::bindings {
namespace {

namespace bj = boost::json;
using json::Fields;

constexpr auto any_number = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t most_runs = 1'000;  // that are counted at a time
constexpr double most_delay = 86'400;     // seconds

std::vector<std::string> read_states(Fields& fields) {
  const auto* given = fields.get("state");
  if (given && given->is_array()) return fields.strings("state");
  const auto name = fields.string("state");
  return name ? std::vector{*name} : std::vector<std::string>();
}

std::vector<std::int64_t> read_calls(Fields& fields) {
  const auto* given = fields.get("call");
  std::vector<std::int64_t> calls;
  const auto take = [&](const bj::value& value) {
    if (value.is_int64() && value.get_int64() >= 1)
      calls.push_back(value.get_int64());
    else
      fields.problem("call", "\"call\" must be a whole number from 1, or a list of them");
  };
  if (given && given->is_array()) {
    for (const auto& value : given->get_array()) take(value);
  } else if (given) {
    take(*given);
  }
  return calls;
}

std::optional<Condition> read_condition(Fields& fields) {
  const auto text = fields.string("when");
  if (!text) return std::nullopt;
  try {
    return Condition(*text);
  } catch (const jsonata::Error& error) {
    fields.problem("when",
                   fmt::format("the JSONata does not parse: {}: {}", error.code(), error.what()));
    return std::nullopt;
  }
}

Selection read_selection(Fields& fields) {
  Selection selection;
  selection.states = read_states(fields);
  selection.when = read_condition(fields);
  selection.calls = read_calls(fields);
  return selection;
}

Answer read_answer(Fields& fields) {
  Answer answer;
  if (const auto* result = fields.get("result")) answer.result = *result;
  answer.error = fields.string("error").value_or("");
  answer.cause = fields.string("cause").value_or("");
  answer.token = fields.boolean("token").value_or(false);
  answer.times = fields.integer("times", 1, any_number).value_or(1);
  const auto delay = fields.number("delay_seconds", 0).value_or(0);
  if (delay > most_delay)
    fields.problem("delay_seconds", fmt::format("\"delay_seconds\" is at most {}", most_delay));
  else
    answer.delay = std::chrono::milliseconds(static_cast<std::int64_t>(delay * 1'000));
  if (answer.result.has_value() == !answer.error.empty())
    fields.problem("", "a recorded answer has either a \"result\" or an \"error\"");
  return answer;
}

template <class List, class Value>
bool allows(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::int64_t CallNumbers::of(const workers::Task& task) {
  const std::scoped_lock lock(mutex_);
  const auto [found, added] = tickets_.try_emplace(task.run);
  if (added) {
    runs_.push_back(task.run);
    if (runs_.size() > most_runs) {
      tickets_.erase(runs_.front());
      runs_.pop_front();
    }
  }
  auto& tickets = found->second;
  const auto known = std::find(tickets.begin(), tickets.end(), task.ticket);
  const auto number = known - tickets.begin() + 1;
  if (known == tickets.end()) tickets.push_back(task.ticket);
  return number;
}

void Answers::read(Fields& fields, std::string_view field) {
  const auto* mock = fields.get(field);
  const auto take = [&](const bj::object& one, const std::string& place) {
    Fields answer(one, place, fields.problems());
    auto selection = read_selection(answer);
    auto made = read_answer(answer);
    answer.finish("a recorded answer");
    add(std::move(selection), std::move(made));
  };
  if (const auto* one = mock->if_object()) return take(*one, fields.at(field));
  const auto* several = mock->if_array();
  if (!several || several->empty())
    return fields.problem(field, "\"mock\" must be a recorded answer or a list of them");
  for (std::size_t i = 0; i < several->size(); ++i) {
    if (const auto* one = (*several)[i].if_object())
      take(*one, fmt::format("{}/{}", fields.at(field), i));
    else
      fields.problem(field, fmt::format("answer {} must be an object", i + 1));
  }
}

void Answers::add(Selection selection, Answer answer) {
  numbered_ = numbered_ || !selection.calls.empty();
  if (groups_.empty() || !(groups_.back().selection == selection))
    groups_.push_back({std::move(selection), {}});
  groups_.back().answers.push_back(std::move(answer));
}

const Answer& Answers::pick(const workers::Task& task) {
  const auto call = numbered_ ? numbers_.of(task) : 0;
  for (const auto& [selection, answers] : groups_) {
    if (!allows(selection.states, task.state) || !allows(selection.calls, call)) continue;
    if (selection.when && !selection.when->holds(task.input)) continue;
    const auto* answer = &answers.front();
    auto attempt = task.attempt;
    for (const auto& each : answers) {
      answer = &each;
      attempt -= each.times;
      if (attempt < 0) break;
    }
    return *answer;
  }
  throw workers::TaskFailed(
      "Binding.Failed",
      fmt::format("no recorded answer of the binding is for call {} of the state \"{}\" with this "
                  "input",
                  numbered_ ? std::to_string(call) : "", task.state),
      "an answer without \"state\", \"when\" and \"call\" at the end of the list serves the rest",
      "ORCH-0651");
}

}  // namespace orch::bindings
