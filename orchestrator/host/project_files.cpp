#include "orchestrator/host/project_files.h"

#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/replace_file.h"
#include "orchestrator/store/open.h"

namespace orch::host {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const std::string& store_url, const store::ProjectVersion& version) {
  auto folder = fs::absolute(store::files_of(store_url));
  folder += ".projects";
  return folder / version.digest;
}

}  // namespace

fs::path connections_of(const std::string& store_url, const store::ProjectVersion& version) {
  return folder_of(store_url, version) / "connections.json";
}

void keep_project_files(const std::string& store_url, const store::ProjectVersion& version) {
  const auto folder = folder_of(store_url, version);
  if (fs::exists(folder)) return;
  // Made under another name: what is there under its own is whole.
  auto draft = folder;
  draft += fmt::format(".{}.tmp", ::getpid());
  try {
    fs::remove_all(draft);
    for (const auto& [name, text] : version.files) {
      make_private_folders((draft / name).parent_path());
      replace_file(draft / name, text, "deploy");
    }
    fs::rename(draft, folder);
  } catch (const std::system_error& error) {
    std::error_code ignored;
    fs::remove_all(draft, ignored);
    if (fs::exists(folder)) return;  // another thread was faster
    throw Error("ORCH-0002", fmt::format("{}: {}", folder.string(), error.code().message()));
  }
}

void keep_project_files(const std::string& store_url, store::Store& store) {
  for (const auto& version : store.projects().versions()) keep_project_files(store_url, version);
}

}  // namespace orch::host
