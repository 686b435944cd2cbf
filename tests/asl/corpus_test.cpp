// The recorded cases whose states only evaluate (Pass and Choice): run here without a machine, by
// following the states of one path through the definition. Skipped when the corpus is absent.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include "orchestrator/asl/choice.h"
#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/parse.h"
#include "tests/asl/cases.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

fs::path corpus() {
  const char* shared = std::getenv("ORCH_SHARED");
  const fs::path root =
      shared != nullptr ? fs::path(shared) : fs::path(ORCH_SOURCE_DIR) / ".." / "shared";
  return root / "conformance" / "asl" / "cases";
}

struct Outcome {
  bj::value output;
  std::string error;
  std::string cause;
};

/// One run over Pass, Choice and Succeed states.
class Run {
 public:
  Run(const Workflow& workflow, const bj::value& input) : workflow_(workflow), data_(input) {
    context_ = {{"Execution",
                 {{"Id", "id"},
                  {"Input", input},
                  {"StartTime", "time"},
                  {"Name", "name"},
                  {"RoleArn", "role"},
                  {"RedriveCount", 0}}},
                {"StateMachine", {{"Id", "id"}, {"Name", "name"}}}};
  }

  Outcome outcome() {
    try {
      const auto* state = workflow_.by_name.at(workflow_.flow.start_at);
      while (state != nullptr) state = pass_through(*state);
      return {data_, "", ""};
    } catch (const EvaluationError& error) {
      return {nullptr, error.failure().error, error.failure().cause};
    }
  }

 private:
  Scope scope(const bj::value& data) {
    Scope made;
    made.data = &data;
    made.context = ContextObject([this] { return std::make_shared<const bj::value>(context_); });
    made.seed = ++seed_;
    return made;
  }

  bj::value filtered(const Filter<Path>& filter, const bj::value& data) {
    if (filter.discard) return bj::object();
    return filter.path ? filter.path->evaluate(scope(data)) : data;
  }

  const State* pass_through(const State& state) {
    context_.as_object()["State"] = {{"Name", state.name}, {"EnteredTime", "time"}};
    const auto input = filtered(state.input_path, data_);
    if (const auto* choice = std::get_if<Choice>(&state.body)) return chosen(*choice, input);
    auto result = state.parameters ? state.parameters->evaluate(scope(input)) : input;
    if (const auto* pass = std::get_if<Pass>(&state.body); pass != nullptr && pass->result)
      result = *pass->result;
    if (state.result_path.path) {
      state.result_path.path->assign(data_, std::move(result));
    } else if (!state.result_path.discard) {
      data_ = std::move(result);
    }
    data_ = filtered(state.output_path, data_);
    return state.next ? workflow_.by_name.at(*state.next) : nullptr;
  }

  const State* chosen(const Choice& choice, const bj::value& input) {
    for (const auto& rule : choice.choices)
      if (holds(rule, scope(input))) return workflow_.by_name.at(rule.next);
    return workflow_.by_name.at(choice.default_next.value());
  }

  const Workflow& workflow_;
  bj::value data_;
  bj::value context_;
  std::uint64_t seed_ = 0;
};

bool evaluates_only(const Workflow& workflow) {
  for (const auto& [name, state] : workflow.by_name)
    if (!std::holds_alternative<Pass>(state->body) &&
        !std::holds_alternative<Choice>(state->body) &&
        !std::holds_alternative<Succeed>(state->body))
      return false;
  return true;
}

/// Recorded values that differ from run to run are words in angle brackets or one of these.
bool placeholder(const bj::value& recorded) {
  if (!recorded.is_string()) return false;
  const std::string text(recorded.get_string());
  for (const auto* word : {"RandomNumberGenerated", "generated-uuid", "start-time", "entered-time",
                           "date", "snf_role_arn"})
    if (text == word) return true;
  return text.find('<') != std::string::npos;
}

bool agrees(const bj::value& recorded, const bj::value& got);

bool agrees(const bj::object& recorded, const bj::object& got) {
  if (recorded.size() != got.size()) return false;
  for (const auto& [key, value] : recorded)
    if (!got.contains(key) || !agrees(value, got.at(key))) return false;
  return true;
}

bool agrees(const bj::value& recorded, const bj::value& got) {
  if (placeholder(recorded)) return true;
  if (recorded.is_object() && got.is_object())
    return agrees(recorded.get_object(), got.get_object());
  if (!recorded.is_array() || !got.is_array()) return json::write(recorded) == json::write(got);
  const auto& a = recorded.get_array();
  const auto& b = got.get_array();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const bj::value& x, const bj::value& y) { return agrees(x, y); });
}

/// The part of a recorded cause that evaluation makes; the machine adds which state it was.
std::string without_state(const std::string& cause) {
  const auto end = cause.find("). ");
  return cause.starts_with("An error occurred while executing the state '") && end != cause.npos
             ? cause.substr(end + 3)
             : cause;
}

/// Causes may end in the input as text, recorded as a placeholder.
bool same_cause(const std::string& recorded, const std::string& got) {
  const auto hole = recorded.find('<');
  return hole == std::string::npos ? recorded == got : got.starts_with(recorded.substr(0, hole));
}

void check(const std::string& id, const Workflow& workflow, const bj::value& input,
           const bj::object& recorded) {
  const auto outcome = Run(workflow, input).outcome();
  const auto where = id + " with " + json::write(input);
  const auto* error = recorded.if_contains("error");
  if (error != nullptr && error->is_string()) {
    EXPECT_EQ(outcome.error, error->get_string().c_str()) << where;
    const auto cause = without_state(recorded.at("cause").as_string().c_str());
    EXPECT_TRUE(same_cause(cause, outcome.cause)) << where << ": " << outcome.cause;
    return;
  }
  EXPECT_EQ(outcome.error, "") << where << ": " << outcome.cause;
  EXPECT_TRUE(agrees(recorded.at("output"), outcome.output))
      << where << "\nrecorded " << json::write(recorded.at("output")) << "\ngot      "
      << json::write(outcome.output);
}

/// Operators without Path were recorded with a definition for each run: its "Value" was the
/// operand.
bj::value with_operand(bj::value definition, const bj::value& operand) {
  auto& rule = definition.at("States").at("CheckValues").at("Choices").at(0).as_object();
  for (auto& [key, value] : rule)
    if (key != "Variable" && key != "Next" && !key.ends_with("Path")) value = operand;
  return definition;
}

int check_choices(const std::string& id, const bj::object& fields) {
  int runs = 0;
  for (const auto& each : fields.at("expect").at("recorded").at("cases").as_array()) {
    const auto& input = each.at("input");
    if (input.at("Variable") == "date" || input.at("Value") == "date") continue;  // not recorded
    const auto text = json::write(with_operand(fields.at("definition"), input.at("Value")));
    check(id, *parse_or_throw(text, id), input, each.as_object());
    ++runs;
  }
  return runs;
}

int check_runs(const std::string& id, const bj::object& fields, const Workflow& workflow) {
  const auto& inputs = fields.at("inputs").as_array();
  const auto& expect = fields.at("expect").as_object();
  const auto* recorded = expect.if_contains("runs");
  const bool several = recorded != nullptr && recorded->is_array();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    check(id, workflow, inputs[i], several ? recorded->at(i).as_object() : expect);
  return static_cast<int>(inputs.size());
}

/// The definition when it is one that this test can run, else null.
std::shared_ptr<const Workflow> runnable(const bj::object& fields) {
  const auto& definition = fields.at("definition");
  if (!definition.is_object() || !fields.at("inputs").is_array()) return nullptr;
  if (!fields.at("needs").as_array().empty()) return nullptr;
  const auto text = json::write(definition);
  for (const auto* foreign : {"JSONata", "\"Assign\"", "{{"})
    if (text.find(foreign) != text.npos) return nullptr;
  auto workflow = parse(text).workflow;
  return workflow && evaluates_only(*workflow) ? workflow : nullptr;
}

TEST(Corpus, RecordedEvaluationsGiveTheSame) {
  if (!fs::exists(corpus())) GTEST_SKIP() << "no recorded cases at " << corpus();
  int cases = 0;
  int runs = 0;
  for (const auto& entry : fs::directory_iterator(corpus())) {
    const auto recorded = json::parse(test::read_file(entry.path().string()));
    const auto& fields = recorded.as_object();
    const std::string id(fields.at("id").as_string());
    const auto& kind = fields.at("kind");
    if (kind != "execution" && kind != "choice_outputs") continue;
    const auto workflow = runnable(fields);
    if (!workflow) continue;
    ++cases;
    runs +=
        kind == "choice_outputs" ? check_choices(id, fields) : check_runs(id, fields, *workflow);
  }
  EXPECT_GE(cases, 40) << "the corpus lacks the cases that this test is for";
  std::cout << cases << " recorded cases, " << runs << " runs\n";
}

}  // namespace
}  // namespace orch::asl
