// Each fire time has exactly one run or one reason.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "orchestrator/store/pipelines.h"
#include "orchestrator/store/store.h"

namespace orch::engine {

/// Each trigger of each pipeline has a fire for each second from `begin` to `end`, with exactly one
/// run or one reason; there are no other runs.
inline void expect_each_once(store::Store& store, Instant begin, Instant end) {
  auto& pipelines = store.pipelines();
  std::size_t started = 0;
  for (const auto& pipeline : pipelines.list()) {
    SCOPED_TRACE(pipeline.name);
    std::map<std::pair<std::string, Instant>, int> runs;
    for (const auto& row : store.list({.limit = -1, .pipeline = pipeline.name}))
      ++runs[{row.made.pipeline->trigger, row.made.pipeline->fire_time}];
    std::map<std::string, std::vector<Instant>> times;
    for (const auto& fire :
         pipelines.fires({.pipeline = pipeline.name, .oldest_first = true, .limit = -1})) {
      times[fire.trigger].push_back(fire.at);
      const bool has_run = fire.outcome == store::FireOutcome::started;
      started += has_run;
      EXPECT_EQ((runs[{fire.trigger, fire.at}]), has_run ? 1 : 0) << fire.key;
      EXPECT_NE(fire.reason.empty(), !has_run) << fire.key;
      EXPECT_NE(fire.outcome, store::FireOutcome::missed);
    }
    EXPECT_FALSE(times.empty());
    for (const auto& [trigger, at] : times) {
      EXPECT_EQ(std::chrono::seconds(at.size() - 1), end - begin) << trigger;
      EXPECT_EQ(at.back() - at.front(), end - begin) << trigger;
    }
  }
  EXPECT_EQ(store.list({.limit = -1}).size(), started) << "no run without its fire";
}

}  // namespace orch::engine
