// What the four steps share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <boost/json/value.hpp>

#include "workers/data/pipeline.h"
#include "workers/steps/steps.h"

namespace orch::steps {

/// The entry's ends, opened.
struct Ends {
  std::unique_ptr<data::Source> source;
  std::unique_ptr<data::Target> target;
};
enum class Needs : std::uint8_t { target, both };

/// Runs a step for the task's "table", with the connections it needs open; adds key and connection
/// to what fails. Throws TaskFailed "Input.Invalid" (ORCH-0441) for an input without a table.
boost::json::value run_step(
    const workers::Task& task, workers::TaskContext& context, Needs needs,
    const std::function<boost::json::object(const Work&, const Ends&)>& step);

/// The member "load" of the task's input. Throws TaskFailed "Input.Invalid".
const boost::json::value& load_of(const workers::Task& task);

/// The load that `load`, an output of orch:stage, names, under this task's fence. Throws
/// TaskFailed "Input.Invalid".
data::LoadId load_id(const workers::Task& task, const boost::json::value& load);

/// What the plan's rows are read with, in `range` if there is one.
data::ReadRequest read_request(const catalog::Entry& entry, const data::LoadPlan& plan,
                               std::optional<data::WatermarkRange> range);

/// What a move reports, as progress of `phase` of the table.
data::MoveControl move_control(const Work& work, const std::string& phase,
                               std::optional<std::int64_t> expected);

/// Tells the engine once a second that the work goes on, for as long as it lives: a merge or a
/// wait for a lock has nothing else to tell.
class Pulse {
 public:
  Pulse(const Work& work, const std::string& phase);
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  ~Pulse();

 private:
  void beat(workers::TaskContext& context);

  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

/// Milliseconds since it was made.
class Stopwatch {
 public:
  double ms() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_)
        .count();
  }
  std::int64_t whole_ms() const { return static_cast<std::int64_t>(ms()); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace orch::steps
