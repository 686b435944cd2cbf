#include "orchestrator/cli/replication_folder.h"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/project_files.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/project/scaffold.h"
#include "workers/connectors/registry.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

std::string absolute_path(const std::string& path) {
  return fs::absolute(path).lexically_normal().string();
}

bj::object connection_of(const fs::path& folder, const char* name, const SplitUrl& split) {
  bj::object connection{{"url", split.url}};
  if (split.password.empty()) return connection;
  const auto secret = fmt::format("{}.password", name);
  write_text(folder / secret, split.password, true, true);
  connection[connectors::connector_of_url(split.url)->secret] = bj::object{{"file", secret}};
  return connection;
}

/// The URLs of an existing project are these.
bool same_databases(const fs::path& file, const SplitUrl& from, const SplitUrl& to) {
  const auto present = parse_json(read_text(file.string()), file.string());
  const auto* object = present.if_object();
  const auto* all = object ? object->if_contains("connections") : nullptr;
  const auto url = [&](const char* name) {
    const auto* one = all && all->is_object() ? all->get_object().if_contains(name) : nullptr;
    const auto* text = one && one->is_object() ? one->get_object().if_contains("url") : nullptr;
    return text && text->is_string() ? std::string(text->get_string()) : std::string();
  };
  return url("source") == from.url && url("target") == to.url;
}

// The text may hold a password: the message must not repeat it.
[[noreturn]] void refuse_url(const std::string& text, connectors::Ability role) {
  throw Error("ORCH-0009",
              fmt::format("not the URL of a {} (it begins with \"{}\")",
                          role == &data::Abilities::target ? "target" : "source",
                          text.substr(0, text.find_first_of(":/@"))),
              connectors::url_forms_that(role));
}

}  // namespace

SplitUrl split_url(const std::string& text, connectors::Ability role) {
  const auto* connector = connectors::connector_of_url(text);
  if (!connector || !(connector->can.*role)) refuse_url(text, role);
  if (connector->names_path) {
    auto path = text.substr(text.find(':') + 1);
    if (path.starts_with("//")) path.erase(0, 2);
    const auto scheme = fmt::format("{}:", connector->schemes.front());
    if (path.empty())
      throw Error("ORCH-0009", "the URL names no file: " + scheme,
                  connectors::url_forms_that(role));
    const bool in_bucket = path.find("://") != std::string::npos;
    return {scheme + (in_bucket ? path : absolute_path(path)), ""};
  }
  if (connector->take_secret) {
    SplitUrl split{text, ""};
    split.password = connector->take_secret(split.url);
    return split;
  }
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed || !parsed->has_authority()) refuse_url(text, role);
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

ReplicationFolder make_replication_folder(const fs::path& folder, const std::string& from,
                                          const std::string& to) {
  ReplicationFolder project{folder, folder / "connections.json", folder / "catalog.json"};
  const auto source = split_url(from, &data::Abilities::source);
  const auto target = split_url(to, &data::Abilities::target);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw Error("ORCH-0002", fmt::format("{}: {}", folder.string(), failed.message()));
  // Passwords of an existing project are written only once it is known to be the same.
  const bool exists = fs::exists(project.connections);
  const bool same = exists && same_databases(project.connections, source, target);
  // One without a catalog was never finished (a misspelt URL, say), and is made anew.
  if (exists && !same && fs::exists(project.catalog))
    throw Error("ORCH-0010",
                fmt::format("{} is of another replication", project.connections.string()),
                "choose another --folder");
  const bj::object connections{{"source", connection_of(folder, "source", source)},
                               {"target", connection_of(folder, "target", target)}};
  if (!same)
    write_text(project.connections,
               render::pretty(bj::object{{"version", 1}, {"connections", connections}}), exists);
  write_missing(folder, project::new_replication(project_name(folder)));
  return project;
}

}  // namespace orch::cli
