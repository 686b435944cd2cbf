#include "orchestrator/store/projects.h"

#include "orchestrator/json/text.h"
#include "orchestrator/store/store.h"

namespace orch::store {

std::string project_digest(const ProjectVersion& version) {
  boost::json::array all{boost::json::string(version.project),
                         boost::json::string(version.environment),
                         boost::json::string(version.folder)};
  for (const auto& [name, text] : version.files) {
    all.emplace_back(name);
    all.emplace_back(text);
  }
  return definition_hash(json::write(all));
}

}  // namespace orch::store
