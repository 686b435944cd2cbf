#include "orchestrator/cli/project_files.h"

#include <algorithm>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/definition_file.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/output.h"
#include "workers/catalog/catalog.h"
#include "workers/connectors/connections.h"

namespace orch::cli {

namespace fs = std::filesystem;
namespace bj = boost::json;

project::Rooms project_rooms() {
  project::Rooms rooms;
  rooms.connections = connectors::check_connections;
  rooms.catalog = [](const bj::value& document, json::Problems& problems) {
    try {
      catalog::parse_catalog(document, "catalog");
    } catch (const InvalidDocument& refused) {
      problems = refused.problems();
    }
  };
  for (const auto& shipped : shipped_workflows())
    rooms.shipped_names.push_back(fs::path(shipped.name).stem().string());
  rooms.shipped_workflow = [](std::string_view name) -> std::optional<std::string> {
    for (const auto& shipped : shipped_workflows())
      if (fs::path(shipped.name).stem().string() == name) return std::string(shipped.text);
    return std::nullopt;
  };
  return rooms;
}

void write_missing(const fs::path& folder, const project::NewFiles& files) {
  for (const auto& [name, text] : files) {
    const auto file = folder / name;
    if (fs::exists(file)) continue;
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    if (failed) throw Error("ORCH-0002", file.parent_path().string() + ": " + failed.message());
    write_text(file, text, false);
  }
}

std::string project_name(const fs::path& folder) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  auto path = fs::absolute(folder).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  auto name = path.filename().string().substr(0, 80);
  std::ranges::replace_if(
      name, [&](char c) { return allowed.find(c) == allowed.npos; }, '_');
  return name.empty() ? "project" : name;
}

void show_findings(const Context& context, const project::Findings& findings) {
  bj::array documents;
  for (const auto& [file, problems] : findings) {
    for (const auto& problem : problems) {
      if (context.json())
        documents.push_back(problem_document(file, problem));
      else
        context.print(problem_text(file, problem, context.out.look));
    }
  }
  if (context.json()) print_documents(context, documents);
}

}  // namespace orch::cli
