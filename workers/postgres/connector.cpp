// The entry of a PostgreSQL connection: a URL, or libpq's keywords as members.
#include <array>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "workers/data/server_entry.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {
namespace {

namespace fs = std::filesystem;

// libpq's keywords that a connection may set, and three of orch; the password has a place of its
// own.
constexpr std::array keyword_names = {"host",
                                      "hostaddr",
                                      "port",
                                      "dbname",
                                      "user",
                                      "sslmode",
                                      "sslrootcert",
                                      "sslcert",
                                      "sslkey",
                                      "options",
                                      "service",
                                      "passfile",
                                      "application_name",
                                      "connect_timeout",
                                      "lock_timeout",
                                      "silence_seconds",
                                      "largest_row_mib"};

constexpr data::ServerEntry entry_of_server{.server = "PostgreSQL",
                                            .example = "postgresql://user@host:5432/database",
                                            .database = "dbname",
                                            .keywords = keyword_names};

constexpr int longest_seconds = 86'400;
constexpr int largest_mib = 1'024;  // no database has larger values

class Server final : public data::Connection {
 public:
  /// `settings` without the server's address and what comes with an opening.
  Server(data::Keywords keywords, Settings settings)
      : keywords_(std::move(keywords)), settings_(std::move(settings)) {}

  std::string display() const override {
    const auto user = keyword("user");
    const auto port = keyword("port");
    return fmt::format("postgresql://{}{}{}{}/{}", user, user.empty() ? "" : "@", keyword("host"),
                       port.empty() ? "" : ":" + port, keyword("dbname"));
  }

  /// "postgresql://db1:5432/dwh", as libpq fills in what is missing. All ways to this machine are
  /// taken for one.
  std::string database(const fs::path&) const override {
    const auto host = value("host", "PGHOST", value("hostaddr", "PGHOSTADDR", "localhost"));
    return fmt::format("postgresql://{}:{}/{}", data::host_identity(host),
                       value("port", "PGPORT", "5432"),
                       value("dbname", "PGDATABASE", value("user", "PGUSER", "")));
  }

  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    return postgres::open_source(settings(opening));
  }
  std::unique_ptr<data::Target> open_target(const data::Opening& opening) const override {
    return postgres::open_target(settings(opening));
  }
  std::unique_ptr<data::SqlSession> open_sql(const data::Opening& opening) const override {
    return postgres::open_sql(settings(opening));
  }
  data::Health ping(const data::Opening& opening, data::Role) const override {
    data::Health health;
    health.degraded = postgres::ping(settings(opening), health.version);
    return health;
  }

 private:
  std::string keyword(const std::string& name) const {
    const auto found = keywords_.find(name);
    return found == keywords_.end() ? "" : found->second;
  }

  std::string value(const char* name, const char* variable, std::string otherwise) const {
    if (auto text = keyword(name); !text.empty()) return text;
    const auto* set = std::getenv(variable);
    return set && *set ? std::string(set) : std::move(otherwise);
  }

  Settings settings(const data::Opening& opening) const {
    auto settings = settings_;
    settings.conninfo = conninfo(opening.secret);
    settings.display = display();
    settings.stop = opening.stop;
    return settings;
  }

  /// libpq's connection string.
  std::string conninfo(const std::string& password) const {
    std::string text;
    const auto add = [&](const std::string& name, const std::string& value) {
      text += name + "='";
      for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
      }
      text += "' ";
    };
    for (const auto& [name, value] : keywords_) add(name, value);
    if (!password.empty()) add("password", password);
    return text;
  }

  data::Keywords keywords_;
  Settings settings_;
};

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  auto keywords = data::parse_server_entry(entry_of_server, url, fields);
  Settings settings;
  const auto number = [&](const char* name, const char* what, int& into, int most) {
    into = data::take_number(keywords, name, what, into, most, fields);
  };
  number("lock_timeout", "whole seconds from 0 (no limit)", settings.lock_seconds, longest_seconds);
  number("silence_seconds", "whole seconds from 0 (no limit)", settings.silence_seconds,
         longest_seconds);
  number("largest_row_mib", "whole MiB from 0 (no limit)", settings.largest_row_mib, largest_mib);
  return std::make_unique<Server>(std::move(keywords), std::move(settings));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = engine_name,
      .schemes = {"postgresql", "postgres"},
      .url_form = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
      .can = {.source = true, .target = true, .sql = true},
      .names_path = false,
      .by_members = true,
      .secret = "password",
      .naming = naming(),
      .parse = parse,
  };
  return made;
}

}  // namespace orch::postgres
