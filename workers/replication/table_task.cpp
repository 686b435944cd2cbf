#include "workers/replication/table_task.h"

#include <utility>

#include <fmt/format.h>

namespace orch::replication {

data::LoadId load_id(const workers::Task& task, const boost::json::value& load) {
  const auto* object = load.if_object();
  const auto* id = object ? object->if_contains("load") : nullptr;
  if (!id || !id->is_string())
    throw workers::TaskFailed(
        "Input.Invalid",
        fmt::format("{} of state {}: \"load\" is not the output of orch:stage", task.resource,
                    task.state),
        "pass the whole result of orch:stage", "ORCH-0530");
  return {std::string(id->as_string()), task.run, task.store, task.fence};
}

data::ReadRequest read_request(const catalog::Entry& entry, const data::LoadPlan& plan,
                               std::optional<data::WatermarkRange> range) {
  data::ReadRequest request;
  request.from = entry.source;
  request.from.alone = plan.request.alone;
  for (const auto& column : plan.request.source.columns) request.columns.push_back(column.name);
  request.expressions = plan.expressions;
  request.where = entry.where;
  request.watermark = std::move(range);
  request.format = plan.format;
  request.parts = plan.request.parts;
  return request;
}

std::string_view method_of(data::RowFormat format) {
  switch (format) {
    case data::RowFormat::pg_binary:
      return "binary passthrough";
    case data::RowFormat::pg_text:
      return "text passthrough";
    case data::RowFormat::cells:
      break;
  }
  return "cells";
}

data::MoveControl move_control(const Work& work, const std::string& phase,
                               std::optional<std::int64_t> expected) {
  auto& context = work.context;
  return {[&context] { return context.stop_requested(); },
          [&context, key = work.entry.key, phase, expected](std::int64_t rows, std::int64_t bytes) {
            context.report({key, phase, rows, bytes, expected});
          }};
}

Pulse::Pulse(const Work& work, const std::string& phase)
    : thread_([this, &context = work.context] { beat(context); }) {
  work.context.report({work.entry.key, phase, 0, 0, std::nullopt});
}

Pulse::~Pulse() {
  {
    const std::scoped_lock lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Pulse::beat(workers::TaskContext& context) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, std::chrono::seconds(1), [this] { return end_; }))
    context.heartbeat();
}

}  // namespace orch::replication
