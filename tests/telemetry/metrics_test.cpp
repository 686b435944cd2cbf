#include "orchestrator/telemetry/metrics.h"

#include <limits>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orch::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string prometheus(const Registry& registry) { return registry.text(Exposition::prometheus); }

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  Registry registry;
  registry.counter({"orch_runs_ended_total", "Runs that have ended.", {"workflow", "status"}})
      .with({"load", "failed"})
      .add(3);
  registry.gauge({"orch_store_bytes", "Size of the store."}).with({}).set(4096);
  auto& took = registry.histogram({"orch_run_seconds", "What runs take.", {"workflow"}}, {0.5, 2});
  for (const double seconds : {0.5, 1.0, 9.0}) took.with({"load"}).observe(seconds);
  EXPECT_EQ(prometheus(registry),
            "# HELP orch_run_seconds What runs take.\n"
            "# TYPE orch_run_seconds histogram\n"
            "orch_run_seconds_bucket{workflow=\"load\",le=\"0.5\"} 1\n"
            "orch_run_seconds_bucket{workflow=\"load\",le=\"2.0\"} 2\n"
            "orch_run_seconds_bucket{workflow=\"load\",le=\"+Inf\"} 3\n"
            "orch_run_seconds_sum{workflow=\"load\"} 10.5\n"
            "orch_run_seconds_count{workflow=\"load\"} 3\n"
            "# HELP orch_runs_ended_total Runs that have ended.\n"
            "# TYPE orch_runs_ended_total counter\n"
            "orch_runs_ended_total{workflow=\"load\",status=\"failed\"} 3\n"
            "# HELP orch_store_bytes Size of the store.\n"
            "# TYPE orch_store_bytes gauge\n"
            "orch_store_bytes 4096.0\n");
}

TEST(Metrics, AreWrittenAsOpenMetricsWantsThem) {
  Registry registry;
  registry.counter({"orch_runs_ended_total", "Runs that \"ended\"."}).with({}).add(2);
  registry.gauge({"orch_oldest_task_seconds", "Age."}).with({}).set(1.5);
  EXPECT_EQ(registry.text(Exposition::open_metrics),
            "# HELP orch_oldest_task_seconds Age.\n"
            "# TYPE orch_oldest_task_seconds gauge\n"
            "# UNIT orch_oldest_task_seconds seconds\n"
            "orch_oldest_task_seconds 1.5\n"
            "# HELP orch_runs_ended Runs that \\\"ended\\\".\n"
            "# TYPE orch_runs_ended counter\n"
            "orch_runs_ended_total 2\n"
            "# EOF\n");
}

TEST(Metrics, OfOthersNamesMakeNoLineOfTheirOwn) {
  const struct {
    const char* value;
    const char* written;
  } cases[] = {{"a\nb", "x=\"a\\nb\""},
               {"a\"} 1", "x=\"a\\\"} 1\""},
               {"a\\", "x=\"a\\\\\""},
               {"a\xff", "x=\"a\xef\xbf\xbd\""},
               {"再保険", "x=\"再保険\""}};
  for (const auto& [value, written] : cases) {
    Registry registry;
    registry.gauge({"orch_x", "A line\nand \\ another.", {"x"}}).with({value}).set(1);
    EXPECT_EQ(prometheus(registry), std::string("# HELP orch_x A line\\nand \\\\ another.\n") +
                                        "# TYPE orch_x gauge\norch_x{" + written + "} 1.0\n");
  }
}

TEST(Metrics, HaveABoundOnTheirSeries) {
  Registry registry;
  auto& runs = registry.counter({"orch_x_total", "X.", {"workflow"}, 2});
  for (const auto* name : {"a", "b", "c", "d", "a"}) runs.with({name}).add();
  const auto text = prometheus(registry);
  EXPECT_THAT(text, HasSubstr("{workflow=\"a\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{workflow=\"other\"} 2\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"c\"")));
  const auto list = registry.collect({"orch_y", "Y.", {"workflow"}, 1}, [] {
    return std::vector<Sample>{{{"a"}, 1}, {{"b"}, 2}, {{"c"}, 3}};
  });
  EXPECT_THAT(prometheus(registry), HasSubstr("orch_y{workflow=\"other\"} 5.0\n"));
}

TEST(Metrics, AreCollectedWhileTheirSourceLives) {
  Registry registry;
  const Description description{"orch_x_bytes", "X."};
  auto first = registry.collect(description, [] { return std::vector<Sample>{{{}, 1}}; });
  EXPECT_THAT(prometheus(registry), HasSubstr("orch_x_bytes 1.0\n"));
  {
    // Another takes its place before it goes.
    auto second = registry.collect(description, [] { return std::vector<Sample>{{{}, 2}}; });
    first = Collected();
    EXPECT_THAT(prometheus(registry), HasSubstr("orch_x_bytes 2.0\n"));
  }
  EXPECT_THAT(prometheus(registry), Not(HasSubstr("orch_x_bytes 2.0\n")));
  EXPECT_THAT(prometheus(registry), HasSubstr("# TYPE orch_x_bytes gauge\n"));
}

TEST(Metrics, ThatCannotBeCollectedLeaveTheOthers) {
  Registry registry;
  const auto bad = registry.collect(
      {"orch_a", "A."}, []() -> std::vector<Sample> { throw std::runtime_error("no disk"); });
  registry.gauge({"orch_b", "B."}).with({}).set(std::numeric_limits<double>::infinity());
  EXPECT_THAT(prometheus(registry), HasSubstr("orch_b +Inf\n"));
}

TEST(Metrics, HaveNamesByTheRules) {
  Registry registry;
  for (const auto* name : {"", "orch-x", "9x", "Orch", "orch_x_total", "__x"})
    EXPECT_THROW(registry.gauge({name, "X."}), std::logic_error) << name;
  EXPECT_THROW(registry.counter({"orch_x", "X."}), std::logic_error);
  EXPECT_THROW(registry.gauge({"orch_x", ""}), std::logic_error);
  EXPECT_THROW(registry.gauge({"orch_x", "X.", {"le"}}), std::logic_error);
  auto& x = registry.gauge({"orch_x", "X.", {"a"}});
  EXPECT_EQ(&registry.gauge({"orch_x", "X.", {"a"}}), &x);
  EXPECT_THROW(registry.gauge({"orch_x", "X.", {"b"}}), std::logic_error);
  EXPECT_THROW(registry.histogram({"orch_x", "X.", {"a"}}), std::logic_error);
  EXPECT_THROW(x.with({}), std::logic_error);
}

TEST(Metrics, AreCountedByManyThreadsAtOnce) {
  Registry registry;
  auto& counter = registry.counter({"orch_x_total", "X.", {"a"}});
  auto& histogram = registry.histogram({"orch_x_seconds", "X."}, {1});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 1'000; ++n) {
          counter.with({std::to_string(n % 3)}).add();
          histogram.with({}).observe(n % 2 ? 0.5 : 2);
        }
      });
    for (int n = 0; n < 20; ++n) registry.text(Exposition::open_metrics);
  }
  std::uint64_t sum = 0;
  counter.each([&](const auto&, const Counter& series) { sum += series.value(); });
  EXPECT_EQ(sum, 4'000U);
  EXPECT_EQ(histogram.with({}).counts().below, (std::vector<std::uint64_t>{2'000, 4'000}));
  EXPECT_DOUBLE_EQ(histogram.with({}).counts().sum, 5'000);
}

}  // namespace
}  // namespace orch::telemetry
