#include "workers/connectors/connections.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"
#include "workers/connectors/connection.h"
#include "workers/postgres/postgres.h"
#include "workers/sqlite/sqlite.h"
#include "workers/worker.h"

namespace orch::connectors {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in)
    throw Error("ORCH-0302", fmt::format("no connections file {}", file.string()),
                "--connections FILE or ORCH_CONNECTIONS names it; the default is connections.json");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Connection> parse_all(const boost::json::value& document, json::Problems& problems) {
  std::vector<Connection> all;
  const auto* object = document.if_object();
  if (!object) {
    problems.push_back(
        {"", "a connections file must be an object, found " + json::describe_type(document)});
    return all;
  }
  json::Fields fields(*object, "", problems);
  if (fields.integer("version", 1, 1) == std::nullopt && !fields.has("version"))
    fields.problem("", "the member version is required", R"(add "version": 1)");
  const auto* entries = fields.object("connections");
  if (!fields.has("connections")) fields.problem("", "the member connections is required");
  fields.string("$schema");
  fields.finish("a connections file");
  if (!entries) return all;
  for (const auto& [key, value] : *entries) {
    const std::string name(key);
    const auto pointer = "/connections/" + json::pointer_token(name);
    if (const auto* entry = value.if_object()) {
      json::Fields members(*entry, pointer, problems);
      all.push_back(parse_connection(name, members));
    } else {
      problems.push_back(
          {pointer, "a connection must be an object, found " + json::describe_type(value)});
    }
  }
  return all;
}

}  // namespace

struct Connections::Impl {
  std::filesystem::path folder;
  std::vector<Connection> all;

  const Connection& find(const std::string& name) const {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Connection& connection) {
      return connection.name == name;
    });
    if (found != all.end()) return *found;
    std::vector<std::string> names;
    for (const auto& connection : all) names.push_back(connection.name);
    throw workers::TaskFailed("Connection.Unknown",
                              fmt::format("no connection \"{}\" in the connections file{}", name,
                                          did_you_mean(name, names)),
                              fmt::format("there are: {}", fmt::join(names, ", ")), "ORCH-0304",
                              {{"connection", name}});
  }

  postgres::Settings settings_of(const Connection& connection, const Stop& stop = {}) const {
    const auto password = connection.secret
                              ? fetch_secret(*connection.secret, folder, connection.name)
                              : std::string();
    return {conninfo(connection, password), connection.display,         stop,
            connection.lock_seconds,        connection.silence_seconds, connection.largest_row_mib};
  }

  std::filesystem::path path_of(const Connection& connection) const {
    return folder / connection.path;
  }

  [[noreturn]] static void unsupported(const Connection& connection, const char* role) {
    throw workers::TaskFailed("Connection.Unsupported",
                              fmt::format("the connection \"{}\" ({}) cannot be a {}",
                                          connection.name, name_of(connection.engine), role),
                              "", "ORCH-0305", {{"connection", connection.name}});
  }
};

Connections Connections::load(const std::filesystem::path& file) {
  const auto text = read(file);
  json::Problems problems;
  Connections made;
  made.impl_ = std::make_unique<Impl>();
  try {
    made.impl_->all = parse_all(json::parse_strict(text), problems);
    json::locate_problems(text, problems);
  } catch (const json::SyntaxError& error) {
    const auto location = json::location_of(text, error.offset());
    problems.push_back({"", error.what(), "", location.line, location.column});
  }
  if (!problems.empty()) throw InvalidDocument("ORCH-0301", file.string(), std::move(problems));
  made.impl_->folder = std::filesystem::absolute(file).parent_path();
  return made;
}

Connections::Connections() = default;
Connections::Connections(Connections&&) noexcept = default;
Connections& Connections::operator=(Connections&&) noexcept = default;
Connections::~Connections() = default;

std::vector<Summary> Connections::list() const {
  std::vector<Summary> all;
  for (const auto& connection : impl_->all)
    all.push_back({connection.name, name_of(connection.engine), connection.display});
  return all;
}

const std::filesystem::path& Connections::folder() const { return impl_->folder; }

std::unique_ptr<data::Source> Connections::open_source(const std::string& name,
                                                       const Stop& stop) const {
  const auto& connection = impl_->find(name);
  switch (connection.engine) {
    case Engine::sqlite:
      return sqlite::open_source(impl_->path_of(connection), connection.display, stop,
                                 connection.largest_row_mib);
    case Engine::postgresql:
      return postgres::open_source(impl_->settings_of(connection, stop));
    case Engine::csv:
      return csv::open_source(impl_->path_of(connection), connection.csv, connection.display);
    default:
      Impl::unsupported(connection, "source");
  }
}

std::unique_ptr<data::Target> Connections::open_target(const std::string& name,
                                                       const Stop& stop) const {
  const auto& connection = impl_->find(name);
  switch (connection.engine) {
    case Engine::sqlite:
      return sqlite::open_target(impl_->path_of(connection), connection.display,
                                 std::chrono::seconds(60), stop);
    case Engine::postgresql:
      return postgres::open_target(impl_->settings_of(connection, stop));
    default:
      Impl::unsupported(connection, "target");
  }
}

std::unique_ptr<data::SqlSession> Connections::open_sql(const std::string& name) const {
  const auto& connection = impl_->find(name);
  switch (connection.engine) {
    case Engine::sqlite:
      return sqlite::open_sql(impl_->path_of(connection), connection.display);
    case Engine::postgresql:
      return postgres::open_sql(impl_->settings_of(connection));
    default:
      Impl::unsupported(connection, "database for statements");
  }
}

data::Naming Connections::naming(const std::string& name) const {
  switch (impl_->find(name).engine) {
    case Engine::postgresql:
      return postgres::naming();
    case Engine::sqlite:
      return sqlite::naming();
    default:
      return {};
  }
}

std::string Connections::database(const std::string& name) const {
  const auto& connection = impl_->find(name);
  switch (connection.engine) {
    case Engine::postgresql:
      return database_of(connection);
    case Engine::http:
      return connection.url;
    default:
      return std::string(name_of(connection.engine)) + ":" +
             std::filesystem::weakly_canonical(impl_->path_of(connection)).string();
  }
}

Endpoint Connections::endpoint(const std::string& name) const {
  const auto& connection = impl_->find(name);
  if (connection.engine != Engine::http) Impl::unsupported(connection, "server to call");
  Endpoint endpoint{connection.url, ""};
  if (connection.secret) endpoint.token = fetch_secret(*connection.secret, impl_->folder, name);
  return endpoint;
}

Health Connections::ping(const std::string& name, Role role) const {
  const auto& connection = impl_->find(name);
  const auto path = impl_->path_of(connection);
  switch (connection.engine) {
    case Engine::sqlite:
      if (role == Role::target && !std::filesystem::exists(path) &&
          std::filesystem::is_directory(path.parent_path()))
        return {};
      sqlite::ping(path);
      break;
    case Engine::csv:
      csv::ping(path);
      break;
    case Engine::postgresql: {
      Health health;
      health.degraded = postgres::ping(impl_->settings_of(connection), health.version);
      return health;
    }
    default:
      break;
  }
  return {};
}

}  // namespace orch::connectors
