// YAML: to_json() gives strict JSON with the places of its values, or refuses with a place.
#include <algorithm>
#include <string>

#include "orchestrator/json/strict.h"
#include "orchestrator/yaml/yaml.h"
#include "tests/fuzz/fuzz.h"

using namespace orch;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto lines =
      std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r') + 1;
  const auto inside = [&](json::Location place) {
    return place.line >= 1 && place.line <= lines + 1 && place.column >= 1;
  };
  try {
    const auto converted = yaml::to_json(text);
    json::parse_strict(converted.json);
    for (const auto& [pointer, place] : converted.places)
      fuzz::require(inside(place), "a value is in a line of the text");
    if (converted.json.starts_with('{'))
      fuzz::require(yaml::to_json(converted.json).json == converted.json, "JSON is kept as it is");
  } catch (const yaml::SyntaxError& error) {
    fuzz::require(inside(error.place()), "a refusal has a place");
  }
  return 0;
}
