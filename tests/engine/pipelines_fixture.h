// An engine with pipelines, whose schedules see a clock that the test sets.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/engine/fire.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/machines.h"
#include "orchestrator/store/pipelines.h"
#include "tests/engine/engine_fixture.h"

namespace orch::engine {

/// Runs of these pipelines wait in an activity until the test ends them.
class PipelinesTest : public EngineTest {
 protected:
  static constexpr const char* activity = "arn:aws:states:us-east-1:123456789012:activity:work";

  PipelinesTest() { begin(); }

  /// The engine that fires schedules, in the place of the one that does not.
  void begin() {
    end();
    store_ = store::open_as_owner(path(), "test");
    Options options{4, Millis{2'000}};
    options.triggers = true;
    options.wall = [this] { return now_.load(); };
    engine_ = std::make_unique<Engine>(*store_, registry_, options);
    beside_ = store::open_beside_owner(path());
  }

  void deploy(const std::string& name, const std::string& members,
              const std::string& state =
                  fmt::format(R"({{"Type":"Task","Resource":"{}","End":true}})", activity)) {
    store::PipelineRevision revision;
    revision.document = fmt::format(R"({{"workflow":"w"{}}})", members);
    revision.workflow = name;
    const auto definition = fmt::format(R"({{"StartAt":"A","States":{{"A":{}}}}})", state);
    revision.definition_hash = store::definition_hash(definition);
    beside_->machines().transact([&] {
      auto& pipelines = beside_->pipelines();
      pipelines.put({name, "", pipelines.add_revision(name, revision, definition), now_.load()});
    });
    engine_->pipelines_changed();
  }

  Fired fire(const std::string& pipeline, const std::string& key, bool asked = false) {
    Fire made{pipeline, "t", asked ? "manual" : "webhook", key, Instant{Millis{++fires_}}};
    made.asked = asked;
    return engine_->fire(made);
  }

  store::FireRow row(const std::string& pipeline, const std::string& key,
                     const std::string& trigger = "t") {
    return beside_->pipelines().fire(pipeline, trigger, key).value_or(store::FireRow{});
  }
  std::string outcome(const std::string& pipeline, const std::string& key) {
    return std::string(to_string(row(pipeline, key).outcome));
  }

  /// Until nothing moves: what runs wait for the test, as the fire's key and the task's token.
  void settle() {
    for (int idle = 0; idle < 3;) {
      const auto task = engine_->take_activity_task(activity, "test");
      idle = task ? 0 : idle + 1;
      if (!task) continue;
      const auto input = json::parse(task->input);
      const auto& trigger = input.at("trigger");
      tasks_[std::string(trigger.at("pipeline").as_string()) + " " +
             std::string(trigger.at("key").as_string())] = task->token;
    }
  }
  /// The run of this fire ends; one that was stopped meanwhile has ended.
  void finish(const std::string& pipeline, const std::string& key) {
    const auto task = tasks_.extract(pipeline + " " + key);
    ASSERT_TRUE(task) << pipeline << " " << key << " is not under way";
    code_of([&] {
      engine_->report(task.mapped(), {TokenReport::Kind::success, "1", {}, {}})->get();
    });
    settle();
  }
  std::vector<std::string> under_way() const {
    std::vector<std::string> names;
    for (const auto& [name, token] : tasks_) names.push_back(name);
    return names;
  }

  std::atomic<Instant> now_ = Instant{std::chrono::sys_days(std::chrono::year{2027} / 3 / 1)};
  std::unique_ptr<store::Store> beside_;
  std::map<std::string, std::string> tasks_;
  int fires_ = 0;
};

}  // namespace orch::engine
