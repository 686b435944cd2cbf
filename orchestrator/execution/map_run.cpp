// A Map in Mode DISTRIBUTED: its iterations are executions of their own, which the engine runs.
// The history of this one holds how the map run is done, that it began, and how it ended.
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/random.h"
#include "orchestrator/execution/decider.h"

namespace orch::execution {
namespace {

std::string new_uuid(std::uint64_t seed) {
  asl::Random random(seed);
  const auto high = random.next();
  const auto low = random.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xfff, 0x8000 | (low >> 50), low & 0xffff'ffff'ffff);
}

const char* name_of(asl::ItemFormat format) {
  constexpr const char* names[] = {"JSON", "JSONL", "CSV", "MANIFEST", "PARQUET"};
  return names[static_cast<std::size_t>(format)];
}

}  // namespace

ItemReaderPlan Decider::reader_plan(ThreadState& thread, const asl::ItemReader& reader) {
  const auto input = effective_input(thread);
  ItemReaderPlan plan;
  plan.resource = reader.resource;
  plan.format = name_of(reader.format);
  if (reader.arguments) plan.arguments = reader.arguments->evaluate(scope(thread, input.value()));
  if (reader.headers_given) plan.headers = reader.headers;
  plan.delimiter = reader.delimiter;
  plan.pointer = reader.pointer;
  if (reader.max_items) plan.max_items = whole_number(thread, *reader.max_items, "MaxItems");
  plan.transformation = reader.transformation;
  return plan;
}

ItemBatcherPlan Decider::batcher_plan(ThreadState& thread, const asl::ItemBatcher& batcher) {
  const auto input = effective_input(thread);
  ItemBatcherPlan plan;
  if (batcher.max_items) plan.max_items = number(thread, *batcher.max_items, "MaxItemsPerBatch");
  if (batcher.max_bytes)
    plan.max_bytes = number(thread, *batcher.max_bytes, "MaxInputBytesPerBatch");
  if (batcher.batch_input)
    plan.batch_input = batcher.batch_input->evaluate(scope(thread, input.value()));
  return plan;
}

ResultWriterPlan Decider::writer_plan(ThreadState& thread, const asl::ResultWriter& writer) {
  const auto input = effective_input(thread);
  ResultWriterPlan plan{writer.resource, writer.transformation, writer.json_lines, {}};
  if (writer.arguments) plan.arguments = writer.arguments->evaluate(scope(thread, input.value()));
  return plan;
}

// Everything about the map run that expressions decide, so that folding needs none.
MapPlan Decider::map_plan(ThreadState& thread, const asl::Distributed& distributed) {
  MapPlan plan;
  plan.express = distributed.express;
  if (distributed.tolerated_count) {
    const auto count = whole_number(thread, *distributed.tolerated_count, "ToleratedFailureCount");
    if (count < 0)
      throw asl::EvaluationError({"States.Runtime", "ToleratedFailureCount cannot be negative."});
    plan.tolerated_count = count;
    note("toleratedFailureCount", json::Payload::of_value(count));
  }
  if (distributed.tolerated_percentage) {
    const auto share =
        fraction(thread, *distributed.tolerated_percentage, "ToleratedFailurePercentage");
    if (share < 0 || share > 100)
      throw asl::EvaluationError(
          {"States.Runtime", "ToleratedFailurePercentage must be between 0 and 100."});
    plan.tolerated_percentage = share;
    note("toleratedFailurePercentage", json::Payload::of_value(share));
  }
  if (distributed.reader) plan.reader = reader_plan(thread, *distributed.reader);
  if (distributed.batcher) plan.batcher = batcher_plan(thread, *distributed.batcher);
  if (distributed.writer) plan.writer = writer_plan(thread, *distributed.writer);
  return plan;
}

void Decider::start_map_run(ThreadState& thread, const asl::Map& map,
                            std::int64_t max_concurrency) {
  auto plan = map_plan(thread, *map.distributed);
  if (max_concurrency > 0) plan.max_concurrency = max_concurrency;
  auto started = event(EventType::map_run_started, thread);
  const auto seed = moment_.seed + static_cast<std::uint64_t>(live_.last_event);
  const auto& label = map.distributed->label;
  started.resource =
      fmt::format("{}:{}", label.empty() ? new_uuid(seed + 1) : label, new_uuid(seed));
  started.payload = json::Payload::of_value(to_json(plan));
  emit(std::move(started));
}

// Its children that succeeded are kept; the engine redrives the others.
void Decider::redrive_map_run(ThreadState& thread) {
  auto redriven = event(EventType::map_run_redriven, thread);
  redriven.number = thread.join->redrives + 1;
  redriven.resource = thread.join->map_run;
  redriven.payload = thread.parameters;
  emit(std::move(redriven));
}

void Decider::map_run_done(ThreadState& thread, const json::Payload& output) {
  emit(event(EventType::map_run_succeeded, thread));
  auto succeeded = event(EventType::map_state_succeeded, thread);
  emit(std::move(succeeded));
  finish(thread, output);
}

void Decider::map_run_failed(ThreadState& thread, const asl::Failure& failure) {
  auto failed = event(EventType::map_run_failed, thread);
  failed.error = failure.error;
  failed.cause = failure.cause;
  emit(std::move(failed));
  fail(thread, {failure, Origin::other}, live_.last_event);
}

}  // namespace orch::execution
