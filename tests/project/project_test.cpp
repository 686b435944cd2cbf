// Projects as folders: what is read of them, and everything that is wrong.
#include "orchestrator/project/project.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/json/text.h"
#include "orchestrator/project/scaffold.h"
#include "tests/support/temp_folder.h"
#include "workers/connectors/connections.h"

namespace orch::project {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

Rooms rooms() {
  Rooms rooms;
  rooms.connections = connectors::check_connections;
  rooms.catalog = [](const bj::value&, json::Problems&) {};
  rooms.shipped_workflow = [](std::string_view name) -> std::optional<std::string> {
    if (name != "replicate") return std::nullopt;
    return R"({"StartAt":"S","States":{"S":{"Type":"Succeed"}}})";
  };
  rooms.shipped_names = {"replicate"};
  return rooms;
}

void write(const test::TempFolder& folder, const std::string& name, const std::string& text) {
  fs::create_directories((folder / name).parent_path());
  folder.write(name, text);
}

std::string text_of(const bj::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::write(value);
}

std::vector<std::string> lines_of(const Findings& findings) {
  std::vector<std::string> lines;
  for (const auto& [file, problems] : findings)
    for (const auto& problem : problems)
      lines.push_back(
          fmt::format("{}:{}:{}: {}", file, problem.line, problem.column, problem.message));
  return lines;
}

void expect_lines(std::vector<std::string> lines, const bj::array& expected) {
  EXPECT_EQ(lines.size(), expected.size());
  for (const auto& one : expected) {
    const std::string text(one.as_string());
    const auto place = text.substr(0, text.find(": "));
    const auto part = text.substr(place.size() + 2);
    const auto found = std::ranges::find_if(lines, [&](const std::string& line) {
      return line.starts_with(place + ": ") && line.find(part) != std::string::npos;
    });
    EXPECT_NE(found, lines.end()) << "not told: " << text;
    if (found != lines.end()) lines.erase(found);
  }
  for (const auto& line : lines) ADD_FAILURE() << "also told: " << line;
}

void expect_project(const Project& project, const bj::object& one) {
  if (const auto* expected = one.if_contains("connections")) {
    EXPECT_EQ(project.files.at("connections.json"), json::write(*expected));
  }
  bj::object pipelines;
  for (const auto& pipeline : project.pipelines) pipelines[pipeline.name] = pipeline.document;
  if (const auto* expected = one.if_contains("pipelines")) {
    auto text = json::write(*expected);
    if (const auto at = text.find("FOLDER"); at != text.npos)
      text.replace(at, 6, project.folder.string());
    EXPECT_EQ(json::write(pipelines), text);
  }
  const auto* definitions = one.if_contains("definitions");
  for (const auto& pipeline : project.pipelines) {
    if (!definitions) continue;
    EXPECT_EQ(pipeline.definition, json::write(definitions->as_object().at(pipeline.name)));
  }
}

TEST(Project, IsReadAsItsEnvironmentHasIt) {
  const auto cases = json::parse(read_file(ORCH_SOURCE_DIR "/tests/project/projects.json"));
  for (const auto& value : cases.as_array()) {
    const auto& one = value.as_object();
    SCOPED_TRACE(one.at("name").as_string().c_str());
    const test::TempFolder folder;
    for (const auto& [name, text] : one.at("files").as_object())
      write(folder, std::string(name), text_of(text));
    const auto* environment = one.if_contains("environment");
    const auto reading =
        read_project(folder.path(), environment ? environment->as_string().c_str() : "", rooms());
    const auto* problems = one.if_contains("problems");
    expect_lines(lines_of(reading.findings), problems ? problems->as_array() : bj::array());
    expect_project(reading.project, one);
  }
}

TEST(Project, ThatIsNewIsValidInEachEnvironment) {
  const test::TempFolder folder;
  for (const auto& [name, text] : new_project("fresh")) write(folder, name, text);
  for (const auto* environment : {"dev", "prod"}) {
    const auto reading = read_project(folder.path(), environment, rooms());
    expect_lines(lines_of(reading.findings), {});
    ASSERT_EQ(reading.project.pipelines.size(), 1U);
    EXPECT_EQ(reading.project.pipelines.front().name, "greet");
  }
}

TEST(Project, NamesTheEnvironmentsThatThereAre) {
  const test::TempFolder folder;
  folder.write("project.json", R"({"name":"risk","environments":{"dev":{},"prod":{}}})");
  const auto refused = [&](const std::string& environment) {
    try {
      read_project(folder.path(), environment, rooms());
      return std::string("nothing");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ORCH-0811");
      return std::string(error.what()) + "; " + error.hint();
    }
  };
  EXPECT_EQ(refused("prd"),
            "the project risk has no environment \"prd\"; did you mean \"prod\"?; there are: dev, "
            "prod");
  EXPECT_EQ(refused(""),
            "the project risk has several environments; name one with --env: dev, prod");
}

}  // namespace
}  // namespace orch::project
