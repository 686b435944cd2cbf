// Projects: what deploys bring along for the runs of their pipelines.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/base/time.h"

namespace orch::store {

/// The files of a project as a deploy brought them; never changes.
struct ProjectVersion {
  std::string digest;  ///< names it, see project_digest()
  std::string project;
  std::string environment;                   ///< empty: the project has none
  std::string folder;                        ///< where relative paths of its connections start
  std::map<std::string, std::string> files;  ///< texts by their names below the folder
  Instant made_at = {};
  std::string made_by = {};
};

struct ProjectRow {
  ProjectVersion version;  ///< deployed last
  Instant deployed_at;
};

/// 32 hexadecimal digits of project, environment, folder and files.
std::string project_digest(const ProjectVersion& version);

/// See Store::projects(). One thread at a time; each call is a transaction of its own, or part of
/// Machines::transact(). Throws Error (ORCH-02xx) on trouble with the store; a damaged row is an
/// Error ORCH-0206 that names it, and is left out of lists.
class Projects {
 public:
  virtual ~Projects() = default;

  virtual std::optional<ProjectRow> find(const std::string& name) = 0;
  /// All versions of all projects.
  virtual std::vector<ProjectVersion> versions() = 0;
  /// Keeps the version, unless there is one of its digest, and makes it the one deployed last.
  virtual void put(const ProjectRow& row) = 0;
};

}  // namespace orch::store
