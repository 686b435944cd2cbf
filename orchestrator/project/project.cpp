#include "orchestrator/project/project.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/parse.h"
#include "orchestrator/base/error.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "orchestrator/pipeline/document.h"
#include "orchestrator/project/holidays.h"

namespace orch::project {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

/// Names below `folder` of the files in its folder `below` with one of the endings, sorted.
std::vector<std::string> files_in(const fs::path& folder, const char* below,
                                  std::initializer_list<std::string_view> endings) {
  std::vector<std::string> found;
  if (!fs::is_directory(folder / below)) return found;
  for (const auto& entry : fs::directory_iterator(folder / below)) {
    const auto name = entry.path().filename().string();
    const bool fits = std::ranges::any_of(
        endings, [&](std::string_view ending) { return name.ends_with(ending); });
    if (fits && !name.starts_with('.')) found.push_back(std::string(below) + "/" + name);
  }
  std::ranges::sort(found);
  return found;
}

/// Reads one project in one environment.
class Reader {
 public:
  Reader(Reading& reading, const Rooms& rooms, const Manifest& manifest, Variables variables)
      : reading_(reading),
        project_(reading.project),
        rooms_(rooms),
        manifest_(manifest),
        variables_(std::move(variables)) {}

  void read_all() {
    read_connections();
    if (fs::exists(project_.folder / "catalog.json")) read_catalog("catalog.json");
    for (const auto& file : files_in(project_.folder, "catalogs", {".json"})) read_catalog(file);
    for (const auto& file : files_in(project_.folder, "workflows", {".json", ".yaml", ".yml"}))
      read_workflow(file);
    for (const auto& file : files_in(project_.folder, "pipelines", {".json", ".yaml", ".yml"}))
      read_pipeline(file);
    if (project_.pipelines.empty() && !has_errors(reading_.findings))
      report(manifest_.document.base.name,
             {"", "the project has no pipeline", "write pipelines/NAME.json", 1, 1, true},
             reading_.findings);
  }

 private:
  /// The document with the environment's values; unset when it cannot be read.
  std::optional<Document> read(const std::string& file, const Variables::SecretPlaces& secrets) {
    auto document = read_document(project_.folder, file, project_.environment, reading_.findings);
    if (!document) return std::nullopt;
    json::Problems problems;
    variables_.apply(document->value, "", secrets, problems);
    report(*document, std::move(problems), reading_.findings);
    return document;
  }

  static bool nowhere(std::string_view) { return false; }
  static bool anywhere(std::string_view) { return true; }
  static bool outside_input(std::string_view pointer) {
    return pointer != "/input" && !pointer.starts_with("/input/") &&
           pointer.find("/webhook/input") == pointer.npos;
  }

  void keep(const Document& document, json::Problems problems) {
    project_.files.emplace(document.base.name, json::write(document.value));
    report(document, std::move(problems), reading_.findings);
  }

  void read_connections() {
    if (!fs::exists(project_.folder / manifest_.connections)) return;
    const auto document = read(manifest_.connections, anywhere);
    if (!document) return;
    json::Problems problems;
    rooms_.connections(document->value, problems);
    keep(*document, std::move(problems));
    project_.connections = manifest_.connections;
  }

  void read_catalog(const std::string& file) {
    const auto document = read(file, nowhere);
    if (!document) return;
    json::Problems problems;
    rooms_.catalog(document->value, problems);
    keep(*document, std::move(problems));
  }

  void read_workflow(const std::string& file) {
    const auto document = read(file, nowhere);
    if (!document) return;
    auto text = json::write(document->value);
    auto result = asl::parse(text);
    report(*document, std::move(result.problems), reading_.findings);
    definitions_.emplace(file, std::move(text));
  }

  void read_pipeline(const std::string& file) {
    auto document = read(file, outside_input);
    if (!document) return;
    json::Problems problems;
    PipelineFile pipeline{fs::path(file).stem().string(), {}, {}};
    if (!pipeline::is_name(pipeline.name))
      problems.push_back({"", fmt::format("\"{}\" is no name of a pipeline", pipeline.name),
                          "the file's name is: letters, digits, - and _, at most 64"});
    if (const auto* object = document->value.if_object()) {
      pipeline.document = *object;
      read_holidays(project_.folder, pipeline.document, problems);
      pipeline::read(pipeline.document, problems);
      pipeline.definition = definition_of(*object, problems);
    } else {
      problems.push_back(
          {"", "a pipeline must be an object, found " + json::describe_type(document->value)});
    }
    report(*document, std::move(problems), reading_.findings);
    project_.pipelines.push_back(std::move(pipeline));
  }

  std::string definition_of(const bj::object& document, json::Problems& problems) const {
    const auto name = json::text_member(document, "workflow");
    if (name.empty()) return {};  // pipeline::read() has told of it
    if (const auto found = definitions_.find(name); found != definitions_.end())
      return found->second;
    if (auto shipped = rooms_.shipped_workflow(name)) return *shipped;
    // A file with a problem has been told of.
    if (fs::exists(project_.folder / name) && name.starts_with("workflows/")) return {};
    auto known = rooms_.shipped_names;
    for (const auto& [file, text] : definitions_) known.push_back(file);
    problems.push_back({"/workflow",
                        fmt::format("no workflow \"{}\"{}", name, did_you_mean(name, known)),
                        "a file below workflows/, or a workflow that orch ships"});
    return {};
  }

  Reading& reading_;
  Project& project_;
  const Rooms& rooms_;
  const Manifest& manifest_;
  Variables variables_;
  std::map<std::string, std::string> definitions_;  ///< by file
};

}  // namespace

Reading read_project(const fs::path& folder, const std::string& environment, const Rooms& rooms) {
  Reading reading;
  auto& project = reading.project;
  project.folder = fs::absolute(folder).lexically_normal();
  if (project.folder.filename().empty()) project.folder = project.folder.parent_path();
  const auto manifest = read_manifest(project.folder, reading.findings);
  if (!manifest) return reading;
  project.name = manifest->name;
  project.environment = chosen_environment(*manifest, environment);
  if (const auto found = manifest->environments.find(project.environment);
      found != manifest->environments.end())
    project.store = found->second;
  auto variables = variables_of(*manifest, project.folder, project.environment, reading.findings);
  Reader(reading, rooms, *manifest, std::move(variables)).read_all();
  return reading;
}

}  // namespace orch::project
