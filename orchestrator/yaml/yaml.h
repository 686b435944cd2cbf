// YAML that a person has written, a definition or a file of values: becomes JSON.
//
// YAML 1.2 as far as JSON goes: mappings with keys that are texts, sequences, scalars by the core
// schema (`yes` and `no` are texts), block and flow style, anchors and aliases. What JSON cannot
// say, or what may be a mistake, is refused with its place: tags, merge keys, keys twice, several
// documents, .inf and .nan.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "orchestrator/base/error.h"
#include "orchestrator/json/fields.h"
#include "orchestrator/json/locations.h"

namespace orch::yaml {

/// The message ends with "at line L, column C".
class SyntaxError : public std::runtime_error {
 public:
  SyntaxError(const std::string& message, std::string hint, json::Location place);
  const std::string& hint() const noexcept { return hint_; }
  json::Location place() const noexcept { return place_; }

 private:
  std::string hint_;
  json::Location place_;
};

/// Where the values are in the YAML text, by their JSON pointers; of a member the place of its
/// name.
using Places = std::map<std::string, json::Location, std::less<>>;

struct Converted {
  std::string json;  ///< numbers as they are spelled, where JSON spells them so
  Places places;
};

/// `text` is a whole file of at most 1 MiB; aliases make 8 MiB of JSON of it at most. JSON is YAML:
/// it is kept byte for byte. Throws SyntaxError.
Converted to_json(std::string_view text);

/// True for names that end in ".yaml" or ".yml".
bool names_yaml(std::string_view file);

/// The text of `file` as JSON: as it is, unless its name is one of YAML. Throws InvalidDocument
/// (ORCH-0003) that names `file` and the place.
Converted from_file(std::string_view text, const std::string& file);

/// The same of a text that has no file name, called `name` in messages: it is YAML unless it begins
/// as JSON does, with a bracket, a brace or a quote.
Converted from_unnamed(std::string_view text, const std::string& name);

/// Gives each problem the place of its pointer, or of the nearest ancestor's, and all of them the
/// order of the text.
void locate_problems(const Places& places, json::Problems& problems);

}  // namespace orch::yaml
