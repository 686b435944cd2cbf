// The documents of a project: files in JSON or YAML, with what an environment changes in them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/json/fields.h"
#include "orchestrator/yaml/yaml.h"

namespace orch::project {

/// What is wrong with one file of a project, in the order of its text.
struct FileProblems {
  std::string file;  ///< below the project's folder: "pipelines/load.json"
  json::Problems problems;
};

/// In the order in which the files were read.
using Findings = std::vector<FileProblems>;

/// True when a problem is not a warning.
bool has_errors(const Findings& findings);

/// One file as text and as JSON.
struct File {
  std::string name;  ///< below the project's folder
  std::string text;  ///< JSON, also of YAML
  yaml::Places places;
  boost::json::value value;
};

/// A file with its overlay applied: environments/ENVIRONMENT/FILE, a JSON merge patch (RFC 7396).
struct Document {
  File base;
  std::optional<File> overlay;
  boost::json::value value;
};

/// Unset when the file is neither JSON nor YAML, or its overlay is not: `findings` says so. Throws
/// Error ORCH-0002 when a file that is there cannot be read.
std::optional<Document> read_document(const std::filesystem::path& folder, const std::string& file,
                                      const std::string& environment, Findings& findings);

/// Adds problems with pointers into `document.value`, each to the file that says what is at its
/// pointer, with line and column there.
void report(const Document& document, json::Problems problems, Findings& findings);

/// Adds a problem of a file as a whole, or of a place that is known.
void report(const std::string& file, Problem problem, Findings& findings);

}  // namespace orch::project
