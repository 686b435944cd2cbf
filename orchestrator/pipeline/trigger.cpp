#include "orchestrator/pipeline/trigger.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"

namespace orch::pipeline {
namespace {

constexpr std::size_t longest_name = 64;

struct Kind {
  std::string_view name;
  std::optional<TriggerKind> (*read)(json::Fields& trigger);
};

/// `Read` as a reader of any kind.
template <auto Read>
std::optional<TriggerKind> reader(json::Fields& trigger) {
  auto made = Read(trigger);
  if (!made) return std::nullopt;
  return TriggerKind(std::move(*made));
}

// In the order of the variant.
constexpr std::array kinds{
    Kind{"schedule", reader<read_schedule_trigger>}, Kind{"files", reader<read_files_trigger>},
    Kind{"after", reader<read_after_trigger>}, Kind{"webhook", reader<read_webhook_trigger>}};

std::string kind_names() {
  std::vector<std::string_view> names;
  for (const auto& kind : kinds) names.push_back(kind.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<TriggerKind> read_kind(json::Fields& trigger) {
  const Kind* found = nullptr;
  for (const auto& kind : kinds) {
    if (!trigger.has(kind.name)) continue;
    if (found) {
      trigger.problem(
          kind.name, fmt::format("a trigger has one kind, found {} and {}", found->name, kind.name),
          "give each a trigger of its own");
      return std::nullopt;
    }
    found = &kind;
  }
  if (found) return found->read(trigger);
  trigger.problem("", "a trigger says what fires it", "with one of the members " + kind_names());
  return std::nullopt;
}

// The next time of a schedule comes by itself; files, runs and deliveries come once.
WhenPaused read_when_paused(json::Fields& trigger) {
  const auto word = trigger.string("when_paused");
  if (!word) return trigger.has("schedule") ? WhenPaused::skip : WhenPaused::queue;
  if (*word == "queue") return WhenPaused::queue;
  if (*word != "skip")
    trigger.problem("when_paused", fmt::format("when_paused cannot be \"{}\"", *word),
                    "skip or queue");
  return WhenPaused::skip;
}

void read_trigger(json::Fields& all, const std::string& name, const boost::json::value& value,
                  Triggers& made) {
  if (!is_name(name) || name == manual_trigger || name == api_trigger)
    all.problem(name, fmt::format("\"{}\" cannot be the name of a trigger", name),
                "letters, digits, - and _, at most 64; manual and api are taken");
  if (!value.is_object())
    return all.problem(
        name, fmt::format("a trigger must be an object, found {}", json::describe_type(value)));
  json::Fields trigger(value.get_object(), all.at(name), all.problems());
  auto kind = read_kind(trigger);
  const auto when_paused = read_when_paused(trigger);
  // Without a kind, what its members mean is unknown.
  if (std::ranges::any_of(kinds, [&](const auto& each) { return trigger.has(each.name); }))
    trigger.finish("a trigger");
  if (kind) made.emplace(name, Trigger{std::move(*kind), when_paused, json::write(value)});
}

}  // namespace

std::string_view kind_name(const TriggerKind& kind) { return kinds[kind.index()].name; }

Triggers read_triggers(json::Fields& pipeline) {
  Triggers made;
  const auto* members = pipeline.object("triggers");
  if (!members) return made;
  json::Fields all(*members, pipeline.at("triggers"), pipeline.problems());
  for (const auto& [name, value] : *members) read_trigger(all, std::string(name), value, made);
  return made;
}

bool is_name(std::string_view text) {
  const auto fits = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
  };
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, fits);
}

}  // namespace orch::pipeline
