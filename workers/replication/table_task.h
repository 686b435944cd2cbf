// What the four steps share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <boost/json/value.hpp>

#include "workers/data/pipeline.h"
#include "workers/replication/steps.h"

namespace orch::replication {

/// The load that `load`, an output of orch:stage, names, under this task's fence. Throws
/// TaskFailed "Input.Invalid".
data::LoadId load_id(const workers::Task& task, const boost::json::value& load);

/// What the plan's rows are read with, in `range` if there is one.
data::ReadRequest read_request(const catalog::Entry& entry, const data::LoadPlan& plan,
                               std::optional<data::WatermarkRange> range);

/// How rows of `format` travel, in the words of results: "binary passthrough", "text passthrough",
/// "cells".
std::string_view method_of(data::RowFormat format);

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

}  // namespace orch::replication
