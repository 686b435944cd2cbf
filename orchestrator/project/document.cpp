#include "orchestrator/project/document.h"

#include <algorithm>
#include <utility>

#include "orchestrator/base/read_file.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/merge_patch.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"

namespace orch::project {
namespace {

namespace fs = std::filesystem;

json::Problems& problems_of(const std::string& file, Findings& findings) {
  const auto found = std::ranges::find(findings, file, &FileProblems::file);
  if (found != findings.end()) return found->problems;
  return findings.emplace_back(FileProblems{file, {}}).problems;
}

std::optional<File> read(const fs::path& folder, const std::string& name, Findings& findings) {
  File file{name, {}, {}, {}};
  try {
    auto converted = yaml::from_file(read_file(folder / name), name);
    file.text = std::move(converted.json);
    file.places = std::move(converted.places);
    file.value = json::parse_strict(file.text);
    return file;
  } catch (const InvalidDocument& refused) {
    for (const auto& problem : refused.problems()) report(name, problem, findings);
  } catch (const json::SyntaxError& error) {
    const auto place = json::location_of(file.text, error.offset());
    report(name, {"", error.what(), "", place.line, place.column}, findings);
  }
  return std::nullopt;
}

/// The file has something to say about the value at `pointer`.
bool says(const File& file, const std::string& pointer) {
  boost::json::error_code missing;
  return file.value.find_pointer(pointer, missing) != nullptr && !pointer.empty();
}

void add(const File& file, json::Problems problems, Findings& findings) {
  if (problems.empty()) return;
  json::locate_problems(file.text, problems);
  yaml::locate_problems(file.places, problems);
  auto& all = problems_of(file.name, findings);
  std::ranges::move(problems, std::back_inserter(all));
  std::ranges::stable_sort(
      all, {}, [](const Problem& problem) { return std::pair(problem.line, problem.column); });
}

}  // namespace

bool has_errors(const Findings& findings) {
  return std::ranges::any_of(findings, [](const FileProblems& file) {
    return std::ranges::any_of(file.problems, [](const auto& problem) { return !problem.warning; });
  });
}

std::optional<Document> read_document(const fs::path& folder, const std::string& file,
                                      const std::string& environment, Findings& findings) {
  auto base = read(folder, file, findings);
  Document document;
  if (base) {
    document.value = base->value;
    document.base = std::move(*base);
  }
  const auto overlay = "environments/" + environment + "/" + file;
  if (!environment.empty() && fs::exists(folder / overlay)) {
    document.overlay = read(folder, overlay, findings);
    if (!document.overlay) return std::nullopt;
    json::apply_merge_patch(document.value, document.overlay->value);
  }
  if (!base) return std::nullopt;
  return document;
}

void report(const Document& document, json::Problems problems, Findings& findings) {
  json::Problems of_overlay;
  if (document.overlay) {
    const auto begin = std::stable_partition(
        problems.begin(), problems.end(),
        [&](const Problem& problem) { return !says(*document.overlay, problem.pointer); });
    std::move(begin, problems.end(), std::back_inserter(of_overlay));
    problems.erase(begin, problems.end());
  }
  add(document.base, std::move(problems), findings);
  if (document.overlay) add(*document.overlay, std::move(of_overlay), findings);
}

void report(const std::string& file, Problem problem, Findings& findings) {
  problems_of(file, findings).push_back(std::move(problem));
}

}  // namespace orch::project
