#include "workers/odbc/server.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "workers/data/server_entry.h"
#include "workers/odbc/drivers.h"
#include "workers/odbc/odbc.h"

namespace orch::odbc {
namespace {

namespace fs = std::filesystem;

constexpr std::array keyword_names = {
    "host", "port", "user", "database", "attributes", "connect_timeout", "largest_row_mib"};

struct ServerKind {
  const char* scheme;  ///< the dialect's name, too
  data::ServerEntry entry;
  const char* port;  ///< where none is given
};

constexpr ServerKind sqlserver_kind{"sqlserver",
                                    {.server = "SQL Server",
                                     .example = "sqlserver://user@host:1433/database",
                                     .database = "database",
                                     .keywords = keyword_names},
                                    "1433"};
constexpr ServerKind oracle_kind{"oracle",
                                 {.server = "Oracle",
                                  .example = "oracle://user@host:1521/service",
                                  .database = "database",
                                  .keywords = keyword_names},
                                 "1521"};
constexpr ServerKind db2_kind{"db2",
                              {.server = "DB2",
                               .example = "db2://user@host:50000/database",
                               .database = "database",
                               .keywords = keyword_names},
                              "50000"};

class Server final : public data::Connection {
 public:
  explicit Server(Settings settings) : settings_(std::move(settings)) {}

  std::string display() const override {
    return fmt::format("{}://{}{}{}:{}/{}", settings_.dialect, settings_.user,
                       settings_.user.empty() ? "" : "@", settings_.host, settings_.port,
                       settings_.database);
  }
  std::string database(const fs::path&) const override {
    return fmt::format("{}://{}:{}/{}", settings_.dialect, data::host_identity(settings_.host),
                       settings_.port, settings_.database);
  }
  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    return odbc::open_source(opened(settings_, opening, display()));
  }
  data::Health ping(const data::Opening& opening, data::Role) const override {
    return odbc::ping(opened(settings_, opening, display()));
  }

 private:
  Settings settings_;
};

template <const ServerKind& kind>
std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  auto keywords = data::parse_server_entry(kind.entry, url, fields);
  Settings settings;
  settings.dialect = kind.scheme;
  settings.host = keywords["host"];
  settings.port = keywords["port"].empty() ? kind.port : keywords["port"];
  settings.user = keywords["user"];
  settings.database = keywords["database"];
  settings.attributes = keywords["attributes"];
  const auto* place = fields.has("url") ? "url" : "attributes";
  auto rest = settings.attributes;
  if (!take_attribute(rest, "PWD").empty() || !take_attribute(rest, "PASSWORD").empty())
    fields.problem(place, "a password must not stand in the attributes",
                   R"(leave it out and add "password": {"env": "NAME"} or {"file": "path"})");
  if (settings.host.empty())
    fields.problem(fields.has("url") ? "url" : "host", "no host", std::string(kind.entry.example));
  settings.connect_seconds = static_cast<unsigned>(data::take_number(
      keywords, "connect_timeout", "whole seconds from 0", usual_seconds, longest_seconds, fields));
  const auto mib = data::take_number(keywords, "largest_row_mib", "whole MiB from 0 (no limit)",
                                     usual_mib, largest_mib, fields);
  settings.largest_value = bytes_of_mib(mib);
  return std::make_unique<Server>(std::move(settings));
}

template <const ServerKind& kind>
data::Connector made(std::string_view url_form) {
  return {
      .engine = kind.scheme,
      .schemes = {kind.scheme},
      .url_form = url_form,
      .can = {.source = true},
      .names_path = false,
      .by_members = true,
      .secret = "password",
      .naming = {},
      .parse = parse<kind>,
  };
}

}  // namespace

const data::Connector& sqlserver_connector() {
  static const auto connector =
      made<sqlserver_kind>("sqlserver://USER:PASSWORD@HOST:PORT/DATABASE");
  return connector;
}

const data::Connector& oracle_connector() {
  static const auto connector = made<oracle_kind>("oracle://USER:PASSWORD@HOST:PORT/SERVICE");
  return connector;
}

const data::Connector& db2_connector() {
  static const auto connector = made<db2_kind>("db2://USER:PASSWORD@HOST:PORT/DATABASE");
  return connector;
}

}  // namespace orch::odbc
