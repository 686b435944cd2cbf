// What whole executions end with: tests/cases/states.json, and context_object.json with several
// places of the context object wherever expressions stand. Tasks return their input, waits are over
// at once. A case without "definition" is one state named S.
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/execution/scenario.h"
#include "tests/support/case_file.h"

namespace orch::test {
namespace {

namespace bj = boost::json;

constexpr int most_stimuli = 200;

std::string definition_of(const bj::object& one) {
  if (const auto* whole = one.if_contains("definition")) return json::write(*whole);
  auto state = one.at("state").as_object();
  const auto type = state.at("Type").as_string();  // a copy: adding members moves them
  if (type != "Choice" && type != "Succeed" && type != "Fail") state.emplace("End", true);
  bj::object states{{"S", std::move(state)},
                    {"Yes", {{"Type", "Pass"}, {"Result", "yes"}, {"End", true}}}};
  if (type != "Choice") states.stable_erase("Yes");
  return json::write(bj::object{{"StartAt", "S"}, {"States", std::move(states)}});
}

/// The execution once nothing moves it.
execution::Execution ended(const bj::object& one) {
  const auto* input = one.if_contains("input");
  Scenario scenario(definition_of(one), input ? json::write(*input) : "{}");
  std::int64_t now = 0;
  scenario.stimulate(now, execution::Start{});
  for (int i = 0; i < most_stimuli; ++i) {
    auto execution = scenario.folded();
    if (execution.status() != execution::Status::running) return execution;
    const auto tasks = execution.open_tasks();
    if (!tasks.empty() && !tasks.front().map_run) {
      scenario.stimulate(now, execution::TaskDone{tasks.front().ticket, tasks.front().parameters});
    } else {
      const auto timer = scenario.first_timer();
      now = (timer.due - start_instant()).count();
      scenario.stimulate(now, execution::TimerDue{timer.timer});
    }
  }
  return scenario.folded();
}

/// "cause", or "detail": what stands behind the service's introduction.
std::optional<std::string> cause_of(const bj::object& one) {
  if (const auto* cause = one.if_contains("cause")) return std::string(cause->as_string());
  const auto* detail = one.if_contains("detail");
  if (!detail) return std::nullopt;
  return "An error occurred while executing the state 'S' (entered at the event id #2). " +
         std::string(detail->as_string());
}

class States : public ::testing::TestWithParam<bj::object> {};

TEST_P(States, EndAsTheServiceDoes) {
  const auto& one = GetParam();
  SCOPED_TRACE(case_name(one));
  const auto execution = ended(one);
  if (const auto* output = one.if_contains("output")) {
    ASSERT_EQ(execution.status(), execution::Status::succeeded) << execution.cause().value_or("");
    EXPECT_EQ(execution.output().text(), json::write(*output));
    return;
  }
  ASSERT_EQ(execution.status(), execution::Status::failed) << execution.output().text();
  EXPECT_EQ(execution.error().value_or(""), one.at("error").as_string());
  const auto cause = cause_of(one);
  EXPECT_EQ(execution.cause().value_or(""), cause.value_or(execution.cause().value_or("")));
}

INSTANTIATE_TEST_SUITE_P(Cases, States, ::testing::ValuesIn(cases_in("states.json")));
INSTANTIATE_TEST_SUITE_P(ContextObject, States,
                         ::testing::ValuesIn(cases_in("context_object.json")));

struct Numbers {
  const char* state;
  const char* input;
  const char* output;
};

// Data that no state takes apart keeps its bytes; what is taken apart has 64-bit integers exactly,
// and of anything else the nearest double.
TEST(NumbersOfData, KeepTheirSpellingUntilTheyAreTakenApart) {
  const Numbers table[] = {
      {R"("Type":"Pass")", R"({"n":123456789012345678901234567890, "p":1.10})",
       R"({"n":123456789012345678901234567890, "p":1.10})"},
      {R"("Type":"Wait","Seconds":0)", R"([18446744073709551616,1e2])",
       R"([18446744073709551616,1e2])"},
      {R"("Type":"Task","Resource":"orch:x")", R"({"n":-9223372036854775809})",
       R"({"n":-9223372036854775809})"},
      {R"("Type":"Pass","InputPath":"$.n")", R"({"n":18446744073709551615})",
       "18446744073709551615"},
      {R"("Type":"Pass","InputPath":"$.n")", R"({"n":18446744073709551616})",
       "18446744073709551616.0"},
      {R"("Type":"Pass","Parameters":{"n.$":"$.n"})", R"({"n":1.10})", R"({"n":1.1})"}};
  for (const auto& [state, input, output] : table) {
    SCOPED_TRACE(std::string(state) + " of " + input);
    Scenario scenario(
        std::string(R"({"StartAt":"S","States":{"S":{)") + state + R"(,"End":true}}})", input);
    scenario.stimulate(0, execution::Start{});
    for (const auto& task : scenario.folded().open_tasks())
      scenario.stimulate(0, execution::TaskDone{task.ticket, task.parameters});
    if (!scenario.folded().open_timers().empty())
      scenario.stimulate(0, execution::TimerDue{scenario.first_timer().timer});
    EXPECT_EQ(scenario.folded().output().text(), output);
  }
}

}  // namespace
}  // namespace orch::test
