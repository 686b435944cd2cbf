// The files of a project that is new.
#pragma once

#include <map>
#include <string>

#include <boost/json/object.hpp>

namespace orch::project {

/// Texts by their names below the project's folder.
using NewFiles = std::map<std::string, std::string>;

/// A project with one pipeline that works as it is, in the environments dev and prod.
NewFiles new_project(const std::string& name);

/// project.json and one pipeline "replicate" for a folder that has connections.json and
/// catalog.json already.
NewFiles new_replication(const std::string& name);

}  // namespace orch::project
