// How tasks of activities are named and ordered.
#include "workers/fleet/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/fleet/report.h"

namespace orch {
namespace {

using fleet::ActivityTask;
using test::error_of;
using testing::HasSubstr;

constexpr const char* activity = "arn:aws:states:us-east-1:123456789012:activity:stage";

ActivityTask given(const std::string& token, const std::string& input, std::int64_t second = 0) {
  return {activity, token, input, Instant(std::chrono::seconds(1'700'000'000 + second))};
}

TEST(Activity, TheDefinitionNamesTheTask) {
  const auto [task, input] = fleet::work_of(
      given("t", R"({"orch":{"run":"r","name":"n","state":"s","attempt":3},"table":1.50})"),
      "orch:stage", "/c.json");
  EXPECT_EQ(task.run, "r");
  EXPECT_EQ(task.run_name, "n");
  EXPECT_EQ(task.state, "s");
  EXPECT_EQ(task.attempt, 3);
  EXPECT_EQ(task.resource, "orch:stage");
  EXPECT_EQ(task.connections, "/c.json");
  EXPECT_EQ(json::parse(input), json::parse(R"({"table":1.5})"));
}

TEST(Activity, ATaskThatNobodyNamesIsNamedByItsToken) {
  const auto one = fleet::work_of(given("one", "[1]"), "orch:noop", "");
  const auto again = fleet::work_of(given("one", "[1]"), "orch:noop", "");
  const auto other = fleet::work_of(given("other", "[1]"), "orch:noop", "");
  EXPECT_EQ(one.input, "[1]");
  EXPECT_EQ(one.task.state, "stage");
  EXPECT_THAT(one.task.run, HasSubstr("stage-"));
  EXPECT_EQ(one.task.ticket, again.task.ticket);
  EXPECT_NE(one.task.ticket, other.task.ticket);
  EXPECT_NE(one.task.run, other.task.run);
  EXPECT_GT(one.task.ticket, 0);
}

TEST(Activity, RefusesAnIdentityThatIsNone) {
  for (const char* input : {R"({"orch":1})", R"({"orch":{"run":2}})", R"({"orch":{"attempt":-1}})",
                            R"({"orch":{"nme":"x"}})"}) {
    EXPECT_EQ(error_of([&] { fleet::work_of(given("t", input), "orch:noop", ""); }),
              "Input.Invalid")
        << input;
  }
}

TEST(Activity, ReadsArns) {
  EXPECT_EQ(fleet::region_of(activity), "us-east-1");
  EXPECT_EQ(fleet::name_of(activity), "stage");
  EXPECT_EQ(fleet::name_of("stage"), "stage");
  for (const char* wrong : {"stage", "arn:aws:states:us-east-1:1:stateMachine:m", "arn:aws:s3:::b"})
    EXPECT_THROW(fleet::region_of(wrong), Error) << wrong;
}

/// A worker that was taken for dead, and the one that replaced it.
class LateWorker : public testing::Test {
 protected:
  LateWorker() {
    test::run_sql(folder_ / "from.db",
                  "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1),(2)");
    std::ofstream(folder_ / "connections.json") << R"({"version":1,"connections":{
        "from":{"url":"sqlite:from.db"},"to":{"url":"sqlite:to.db"}}})";
  }

  /// Does a step as the attempt that was handed out at `second`; its output, or the error's name.
  boost::json::value attempt(const std::string& step, std::int64_t second,
                             const boost::json::value& load = nullptr) {
    boost::json::object input{{"table", catalog::to_json(test::entry_of("t"))}};
    if (!load.is_null()) input["load"] = load;
    auto [task, text] =
        fleet::work_of(given(step + std::to_string(second), json::write(input), second), step,
                       folder_ / "connections.json");
    const auto outcome = workers::perform(registry_, task, std::move(text), context_);
    if (outcome.kind == workers::Outcome::Kind::failed) return boost::json::string(outcome.error);
    return json::parse(outcome.output);
  }

  test::TempFolder folder_;
  workers::Registry registry_ = workers::built_in();
  test::RecordingContext context_;
};

TEST_F(LateWorker, FailsOnTheFence) {
  const auto load = attempt("orch:stage", 10);
  ASSERT_TRUE(load.is_object()) << load;
  EXPECT_EQ(attempt("orch:stage", 9), "Fence.Stale");
  EXPECT_TRUE(attempt("orch:verify", 11, load).is_object());
  EXPECT_EQ(attempt("orch:merge", 10, load), "Fence.Stale");
  EXPECT_EQ(attempt("orch:merge", 12, load).at("repeated"), false);
  EXPECT_EQ(attempt("orch:merge", 13, load).at("repeated"), true);
}

TEST(Report, ShortensACauseAndKeepsItJson) {
  const workers::TaskFailed failure("Check.Failed", std::string(40'000, '"'), "mend it",
                                    "ORCH-0502",
                                    {{"key", "t"}, {"checks", std::string(40'000, 'x')}});
  const auto report = fleet::report_of(
      {workers::Outcome::Kind::failed, "", failure.error(), failure.cause()}, {}, "token");
  EXPECT_EQ(report.operation, "SendTaskFailure");
  const std::string cause(report.request.at("cause").as_string());
  EXPECT_LE(cause.size(), 32'768u);
  const auto kept = json::parse(cause);
  EXPECT_EQ(kept.at("hint"), "mend it");
  EXPECT_EQ(kept.at("key"), "t");
  EXPECT_EQ(kept.at("shortened"), true);
}

}  // namespace
}  // namespace orch
