// A project: a folder under version control that says what a server shall run.
//
//   project.json            name, environments, variables, secrets (manifest.h)
//   connections.json        as for any run
//   catalog.json, catalogs/ catalogs
//   workflows/              definitions, JSON or YAML
//   pipelines/NAME.json     a pipeline each, JSON or YAML
//   environments/E/FILE     a JSON merge patch for FILE in the environment E
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/project/document.h"
#include "orchestrator/project/manifest.h"

namespace orch::project {

struct PipelineFile {
  std::string name;
  boost::json::object document;  ///< with the environment's values; "workflow" as it is written
  std::string definition;        ///< text of its workflow
};

/// What a project is in one environment.
struct Project {
  std::filesystem::path folder;  ///< absolute
  std::string name;
  std::string environment;  ///< empty: the project has none
  std::string store;        ///< of the environment; may be empty
  /// Texts that runs read, by their names below the folder: connections and catalogs.
  std::map<std::string, std::string> files;
  std::string connections;  ///< which of `files` has the connections; empty: there are none
  std::vector<PipelineFile> pipelines;  ///< by name
};

/// What the rooms of workers say of their documents, and which workflows there are without a file.
struct Rooms {
  using Check = std::function<void(const boost::json::value& document, json::Problems& problems)>;
  Check connections;
  Check catalog;
  /// The text of a workflow that orch ships; unset: there is none of this name.
  std::function<std::optional<std::string>(std::string_view name)> shipped_workflow;
  std::vector<std::string> shipped_names;
};

struct Reading {
  Project project;
  Findings findings;  ///< everything that is wrong; warnings, too
};

/// Reads all files of the folder as `environment` has them. Throws Error ORCH-0810, ORCH-0811, and
/// ORCH-0002 for a file that cannot be read.
Reading read_project(const std::filesystem::path& folder, const std::string& environment,
                     const Rooms& rooms);

}  // namespace orch::project
