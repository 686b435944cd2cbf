// What a store must do, whichever database keeps it: states, deliveries and silences of alerts, and
// the ends of runs in their order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/store/alerts.h"
#include "tests/store/exam/exam.h"

namespace orch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }

class AlertsExam : public Exam {
 protected:
  Alerts& alerts() { return *alerts_; }

  void add_run(const std::string& id, std::optional<std::int64_t> ended_ms) {
    auto turn = store_->begin();
    NewExecution made;
    made.run_id = made.name = id;
    made.workflow = "load";
    made.definition_hash = definition_hash("{}");
    made.input = "{}";
    made.started_at = at(1);
    turn->keep_definition(made.definition_hash, "{}");
    ExecutionRow row;
    row.id = turn->add(made);
    row.made = made;
    if (ended_ms) {
      row.status = execution::Status::failed;
      row.ended_at = at(*ended_ms);
      row.error = "Source.Gone";
      turn->set_outcome(row);
    }
    turn->commit();
  }

  std::unique_ptr<Alerts> alerts_ = open_alerts_beside_owner(url_);
};

TEST_P(AlertsExam, GivesTheEndsOfRunsInTheirOrder) {
  add_run("late", 300);
  add_run("early", 100);
  add_run("open", std::nullopt);
  add_run("between", 200);
  const auto ids = [&](std::int64_t from, std::int64_t limit) {
    std::vector<std::string> found;
    for (const auto& row : alerts().ended_since(at(from), limit)) found.push_back(row.made.run_id);
    return found;
  };
  EXPECT_THAT(ids(0, 10), ElementsAre("early", "between", "late"));
  EXPECT_THAT(ids(200, 10), ElementsAre("between", "late"));
  EXPECT_THAT(ids(0, 1), ElementsAre("early"));
}

TEST_P(AlertsExam, KeepsStatesAllOrNone) {
  alerts().put_state("server", "{}");
  EXPECT_THROW(alerts().transact([&] {
    alerts().put_state("pipeline:load", "{\"a\":1}");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(alerts().states(), (std::map<std::string, std::string>{{"server", "{}"}}));
  alerts().transact([&] {
    alerts().put_state("pipeline:load", "{\"a\":2}");
    alerts().remove_state("server");
  });
  reopen();
  EXPECT_EQ(open_alerts_as_reader(url_)->states(),
            (std::map<std::string, std::string>{{"pipeline:load", "{\"a\":2}"}}));
}

TEST_P(AlertsExam, KeepsDeliveriesUntilTheyAreDone) {
  DeliveryRow row;
  row.target = "ops";
  row.body = "{\"title\":\"再保険\"}";
  row.made_at = at(1'000);
  row.due_at = at(5'000);
  row.id = alerts().add_delivery(row);
  auto second = row;
  second.kind = DeliveryKind::resume;
  second.due_at = at(2'000);
  second.id = alerts().add_delivery(second);
  auto pending = alerts().pending_deliveries(10);
  ASSERT_EQ(pending.size(), 2u);
  EXPECT_EQ(pending[0].id, second.id) << "the first that is due";
  EXPECT_EQ(pending[0].kind, DeliveryKind::resume);
  EXPECT_EQ(pending[1].body, row.body);
  second.attempts = 1;
  second.outcome = DeliveryOutcome::done;
  alerts().put_delivery(second);
  row.attempts = 3;
  row.error = "503";
  alerts().put_delivery(row);
  reopen();
  pending = open_alerts_as_reader(url_)->pending_deliveries(10);
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(pending[0].attempts, 3);
  EXPECT_EQ(pending[0].error, "503");
  EXPECT_EQ(open_alerts_as_reader(url_)->deliveries(10).size(), 2u);
  alerts().forget_deliveries(at(10'000));
  EXPECT_EQ(open_alerts_as_reader(url_)->deliveries(10).size(), 1u) << "what is pending stays";
}

TEST_P(AlertsExam, KeepsSilences) {
  const auto id =
      alerts().add_silence({0, "pipeline:load", "*", at(9'000), at(1'000), "ada", "why"});
  const auto found = alerts().silences();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].until, at(9'000));
  EXPECT_EQ(found[0].reason, "why");
  EXPECT_TRUE(alerts().remove_silence(id));
  EXPECT_FALSE(alerts().remove_silence(id));
  EXPECT_THAT(alerts().silences(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, AlertsExam, ::testing::ValuesIn(implementations()), name_of);

}  // namespace
}  // namespace orch::store
