// What an identity is limited to, whatever its role.
//
//   {"projects": ["markets"], "pipelines": ["markets-*"], "domains": ["finance"],
//    "connections": ["dwh"]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/json/fields.h"

namespace orch::identity {

/// What a pipeline is known by.
struct PipelineNames {
  std::string name;
  std::string project;  ///< may be empty
  std::string domain;   ///< likewise
};

/// Patterns, where "*" stands for any text. Without any pattern it is not limited; with some, it
/// has what they name and nothing else: a pipeline must match each of the first three lists that
/// has patterns, and no pipeline does when all three are empty.
struct Scope {
  std::vector<std::string> projects = {};
  std::vector<std::string> pipelines = {};
  std::vector<std::string> domains = {};
  std::vector<std::string> connections = {};

  bool limited() const;
  bool has(const PipelineNames& pipeline) const;
  bool has_connection(std::string_view name) const;

  friend bool operator==(const Scope&, const Scope&) = default;
};

/// True when `text` is what `pattern` says.
bool matches(std::string_view pattern, std::string_view text);

/// Reads the four members of an object, all of them optional. A list without a pattern is a
/// problem: it would not limit.
Scope read_scope(json::Fields& fields);
/// Without the members that are empty.
boost::json::object scope_document(const Scope& scope);

}  // namespace orch::identity
