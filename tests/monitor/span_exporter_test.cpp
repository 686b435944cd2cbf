#include "orchestrator/monitor/span_exporter.h"

#include <future>
#include <stdexcept>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"

namespace orch::monitor {
namespace {

boost::json::object span(int number) { return {{"name", std::to_string(number)}}; }

std::vector<std::string> names_in(const std::string& body) {
  std::vector<std::string> names;
  const auto value = json::parse(body);
  const auto& scope = value.at("resourceSpans").at(0).at("scopeSpans").at(0);
  for (const auto& each : scope.at("spans").as_array())
    names.emplace_back(each.at("name").as_string());
  return names;
}

class SpanExporterTest : public testing::Test {
 protected:
  std::uint64_t spans(std::string_view outcome) {
    return registry_.counter({"orch_trace_spans_total", "x", {"outcome"}}).with({outcome}).value();
  }

  telemetry::Registry registry_;
  std::mutex mutex_;
  std::vector<std::string> sent_;

  SendSpans keep() {
    return [this](const std::string& body, const auto&) {
      const std::scoped_lock lock(mutex_);
      for (auto& name : names_in(body)) sent_.push_back(std::move(name));
    };
  }
};

TEST_F(SpanExporterTest, SendsAllInOrderAtTheEnd) {
  {
    SpanExporter exporter(keep(), {}, registry_, {.kept = 1'000, .batch = 7});
    for (int i = 0; i < 100; ++i) exporter.add(span(i));
  }
  ASSERT_EQ(sent_.size(), 100u);
  EXPECT_EQ(sent_.front(), "0");
  EXPECT_EQ(sent_.back(), "99");
  EXPECT_EQ(spans("exported"), 100u);
  EXPECT_EQ(spans("dropped"), 0u);
}

TEST_F(SpanExporterTest, DropsWhatDoesNotFitAndDelaysNobody) {
  std::promise<void> reached, release;
  const auto released = release.get_future().share();
  std::once_flag once;
  {
    SpanExporter exporter(
        [&](const std::string& body, const auto& tick) {
          std::call_once(once, [&] { reached.set_value(); });
          released.wait();
          keep()(body, tick);
        },
        {}, registry_, {.kept = 10, .batch = 2, .delay = Millis{1}});
    exporter.add(span(0));
    exporter.add(span(1));
    reached.get_future().wait();
    for (int i = 2; i < 100; ++i) exporter.add(span(i));  // returns at once: the collector hangs
    EXPECT_EQ(spans("dropped"), 88u);
    release.set_value();
  }
  EXPECT_EQ(sent_.size(), 12u);
  EXPECT_EQ(spans("exported"), 12u);
}

TEST_F(SpanExporterTest, TriesABatchTwice) {
  int calls = 0;
  {
    SpanExporter exporter(
        [&](const std::string& body, const auto& tick) {
          if (++calls <= 3) throw std::runtime_error("503");
          keep()(body, tick);
        },
        {}, registry_, {.kept = 10, .batch = 1, .delay = Millis{1}, .pause = Millis{1}});
    exporter.add(span(0));  // fails twice: dropped
    exporter.add(span(1));  // fails once
    while (spans("exported") == 0) std::this_thread::yield();
  }
  EXPECT_EQ(sent_, std::vector<std::string>{"1"});
  EXPECT_EQ(spans("dropped"), 1u);
}

}  // namespace
}  // namespace orch::monitor
