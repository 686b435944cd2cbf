#include "orchestrator/store/sqlite/projects.h"

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/sqlite/tables.h"

namespace orch::store {
namespace {

constexpr const char* version_columns =
    "project_version.digest, project_version.project, environment, folder, files, made_ms, "
    "made_by, project_version.checksum";

std::string files_text(const ProjectVersion& version) {
  boost::json::object files;
  for (const auto& [name, text] : version.files) files[name] = text;
  return json::write(files);
}

std::int64_t sum_of(const ProjectVersion& version, const std::string& files) {
  return checksum_of(version.digest, version.project, version.environment, version.folder, files,
                     millis(version.made_at), version.made_by);
}

std::int64_t sum_of(const std::string& name, const ProjectRow& row) {
  return checksum_of(name, row.version.digest, millis(row.deployed_at));
}

void require_sum(std::int64_t kept, std::int64_t found, const std::string& what) {
  if (kept == found) return;
  throw DamagedRow(what + " does not have its checksum");
}

ProjectVersion read_project_version(const sqlite::Statement& row, int column) {
  const auto text = [&](int at) { return std::string(row.text(column + at)); };
  ProjectVersion version{text(0), text(1), text(2), text(3), {}, {}, {}};
  const auto files = text(4);
  version.made_at = Instant{Millis{row.int64(column + 5)}};
  version.made_by = text(6);
  require_sum(row.int64(column + 7), sum_of(version, files),
              fmt::format("version {} of project \"{}\" in table project_version", version.digest,
                          version.project));
  const auto document = json::parse(files);
  for (const auto& [name, content] : document.as_object())
    version.files.emplace(name, content.as_string());
  return version;
}

class SqliteProjects final : public Projects, private Tables {
 public:
  using Tables::Tables;

  std::optional<ProjectRow> find(const std::string& name) override {
    return one(
        [&](const sqlite::Statement& row) {
          ProjectRow made{read_project_version(row, 2), Instant{Millis{row.int64(0)}}};
          require_sum(row.int64(1), sum_of(name, made),
                      fmt::format("project \"{}\" in table project", name));
          return made;
        },
        fmt::format("SELECT deployed_ms, project.checksum, {} FROM project JOIN project_version "
                    "ON project_version.digest = project.digest WHERE name = ?",
                    version_columns),
        name);
  }

  std::vector<ProjectVersion> versions() override {
    return all([](const sqlite::Statement& row) { return read_project_version(row, 0); },
               fmt::format("SELECT {} FROM project_version", version_columns));
  }

  void put(const ProjectRow& row) override {
    fault::point("store.write");
    const auto& version = row.version;
    const auto files = files_text(version);
    run("INSERT OR IGNORE INTO project_version (digest, project, environment, folder, files, "
        "made_ms, made_by, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        version.digest, version.project, version.environment, version.folder, files,
        millis(version.made_at), version.made_by, sum_of(version, files));
    run("INSERT OR REPLACE INTO project (name, digest, deployed_ms, checksum) VALUES (?, ?, ?, ?)",
        version.project, version.digest, millis(row.deployed_at), sum_of(version.project, row));
  }
};

}  // namespace

std::unique_ptr<Projects> projects_in(sqlite::Database& db, const Guard& guard) {
  return std::make_unique<SqliteProjects>(db, guard);
}

}  // namespace orch::store
