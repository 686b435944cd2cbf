#include "orchestrator/cli/project.h"

#include <fnmatch.h>

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/output.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

constexpr const char* url_forms =
    "sqlite:FILE, csv:FOLDER or postgresql://USER:PASSWORD@HOST:PORT/DATABASE";

std::string absolute_path(const std::string& path) {
  return fs::absolute(path).lexically_normal().string();
}

bj::object connection_of(const fs::path& folder, const char* name, const std::string& text) {
  const auto split = split_url(text);
  bj::object connection{{"url", split.url}};
  if (split.password.empty()) return connection;
  const auto secret = fmt::format("{}.password", name);
  write_text(folder / secret, split.password, true, true);
  connection["password"] = bj::object{{"file", secret}};
  return connection;
}

std::string source_name(const bj::object& entry) {
  const auto* source = entry.if_contains("source");
  if (!source || !source->is_object()) return {};
  const auto* table = source->get_object().if_contains("table");
  return table && table->is_string() ? std::string(table->get_string()) : std::string();
}

std::string key_of(const bj::object& entry) {
  const auto* key = entry.if_contains("key");
  return key && key->is_string() ? std::string(key->get_string()) : source_name(entry);
}

bool matches(const std::string& pattern, const std::string& name) {
  return !name.empty() && ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace

SplitUrl split_url(const std::string& text) {
  for (const std::string scheme : {"sqlite:", "csv:"}) {
    if (!text.starts_with(scheme)) continue;
    auto path = text.substr(scheme.size());
    if (path.starts_with("//")) path.erase(0, 2);
    if (path.empty()) throw Error("ORCH-0009", "the URL names no file: " + scheme, url_forms);
    return {scheme + absolute_path(path), ""};
  }
  const auto parsed = boost::urls::parse_uri(text);
  // The text may hold a password: the message must not repeat it.
  if (!parsed || !parsed->has_authority())
    throw Error("ORCH-0009",
                fmt::format("not a database URL (it begins with \"{}\")",
                            text.substr(0, text.find_first_of(":/@"))),
                url_forms);
  boost::urls::url url(*parsed);
  SplitUrl split;
  split.password = url.password();
  url.remove_password();
  auto parameters = url.params();
  for (auto it = parameters.begin(); it != parameters.end();) {
    const auto parameter = *it;
    if (parameter.key != "password") {
      ++it;
      continue;
    }
    split.password = parameter.value;
    it = parameters.erase(it);
  }
  if (url.has_query() && url.params().empty()) url.remove_query();
  split.url = std::string(url.buffer());
  return split;
}

Project make_project(const fs::path& folder, const std::string& from, const std::string& to) {
  Project project{folder, folder / "connections.json", folder / "catalog.json"};
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw Error("ORCH-0002", fmt::format("{}: {}", folder.string(), failed.message()));
  // One without a catalog was never finished (a misspelt URL, say), and is made anew.
  const bool exists = fs::exists(project.connections) && fs::exists(project.catalog);
  // Passwords of an existing project are written only once it is known to be the same.
  const auto bare = [](const std::string& url) { return split_url(url).url; };
  if (exists) {
    const auto present =
        parse_json(read_text(project.connections.string()), project.connections.string());
    const auto* all = present.as_object().if_contains("connections");
    const auto url = [&](const char* name) {
      const auto* one = all && all->is_object() ? all->get_object().if_contains(name) : nullptr;
      const auto* text = one && one->is_object() ? one->get_object().if_contains("url") : nullptr;
      return text && text->is_string() ? std::string(text->get_string()) : std::string();
    };
    if (url("source") != bare(from) || url("target") != bare(to))
      throw Error("ORCH-0010",
                  fmt::format("{} is of another replication", project.connections.string()),
                  "choose another --folder");
  }
  const bj::object connections{{"source", connection_of(folder, "source", from)},
                               {"target", connection_of(folder, "target", to)}};
  if (!exists)
    write_text(project.connections,
               pretty(bj::object{{"version", 1}, {"connections", connections}}));
  return project;
}

bj::object only_tables(bj::object catalog, const std::vector<std::string>& names) {
  if (names.empty()) return catalog;
  const auto tables = catalog.at("tables").as_array();
  std::vector<bool> chosen(tables.size(), false);
  std::vector<std::string> keys;
  for (const auto& table : tables) keys.push_back(key_of(table.as_object()));
  for (const auto& name : names) {
    bool found = false;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (!matches(name, keys[i]) && !matches(name, source_name(tables[i].as_object()))) continue;
      chosen[i] = found = true;
    }
    if (!found)
      throw Error("ORCH-0009",
                  fmt::format("no table \"{}\" in the source{}", name, did_you_mean(name, keys)),
                  "--tables takes names of the source's tables, or patterns with * and ?");
  }
  bj::array kept;
  for (std::size_t i = 0; i < tables.size(); ++i)
    if (chosen[i]) kept.push_back(tables[i]);
  catalog["tables"] = std::move(kept);
  return catalog;
}

}  // namespace orch::cli
