#include "workers/project_folder.h"

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::workers {

std::filesystem::path project_folder(const std::filesystem::path& connections) {
  auto folder = connections.parent_path();
  if (connections.empty()) return folder;
  try {
    const auto named = json::text_member(json::parse(read_file(connections)), "folder");
    return named.empty() ? folder : folder / named;
  } catch (const Error&) {
    return folder;  // there is none: its reader says so, if the task needs one
  } catch (const json::SyntaxError&) {
    return folder;
  }
}

}  // namespace orch::workers
