#include "workers/connectors/connection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <utility>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

namespace orch::connectors {
namespace {

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

constexpr int longest_seconds = 86'400;
constexpr int largest_mib = 1'024;  // no database has larger values

bool known_keyword(std::string_view keyword) {
  for (const std::string_view known : keyword_names) {
    if (known == keyword) return true;
  }
  return false;
}

std::string keyword(const Connection& connection, const std::string& name) {
  const auto found = connection.keywords.find(name);
  return found == connection.keywords.end() ? "" : found->second;
}

std::string postgresql_display(const Connection& connection) {
  const auto user = keyword(connection, "user");
  const auto port = keyword(connection, "port");
  return fmt::format("postgresql://{}{}{}{}/{}", user, user.empty() ? "" : "@",
                     keyword(connection, "host"), port.empty() ? "" : ":" + port,
                     keyword(connection, "dbname"));
}

void parse_postgresql_url(const std::string& text, Connection& connection, json::Fields& fields) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) {
    fields.problem("url", "not a URL: " + parsed.error().message(),
                   "postgresql://user@host:5432/database");
    return;
  }
  const auto& url = *parsed;
  if (url.has_password())
    fields.problem("url", "a password must not stand in the URL",
                   R"(leave it out and add "password": {"env": "NAME"} or {"file": "path"})");
  auto& keywords = connection.keywords;
  const auto set = [&](const char* name, std::string value) {
    if (!value.empty()) keywords[name] = std::move(value);
  };
  set("host", url.host_address());
  set("port", std::string(url.port()));
  set("user", url.user());
  auto path = url.path();
  if (path.starts_with('/')) path.erase(0, 1);
  set("dbname", path);
  for (const auto& param : url.params()) {
    if (!known_keyword(param.key))
      fields.problem(
          "url",
          fmt::format("no parameter \"{}\" in a PostgreSQL URL{}", param.key,
                      did_you_mean(param.key, {keyword_names.begin(), keyword_names.end()})));
    else
      keywords[param.key] = param.value;
  }
}

void check_http_url(const std::string& text, json::Fields& fields) {
  const auto url = boost::urls::parse_uri(text);
  if (!url)
    fields.problem("url", "not a URL: " + url.error().message(), "https://host:port/path");
  else if (url->has_userinfo())
    fields.problem("url", "a user or password must not stand in the URL",
                   R"(leave it out and add "token": {"env": "NAME"} or {"file": "path"})");
}

void parse_csv(json::Fields& fields, csv::Options& options) {
  const auto* object = fields.object("csv");
  if (!object) return;
  json::Fields csv(*object, fields.at("csv"), fields.problems());
  const auto character = [&](const char* field, char& into) {
    const auto text = csv.string(field);
    if (!text) return;
    if (text->size() == 1)
      into = text->front();
    else
      csv.problem(field, fmt::format("{} must be one character, found \"{}\"", field, *text));
  };
  character("delimiter", options.delimiter);
  character("quote", options.quote);
  options.header = csv.boolean("header").value_or(options.header);
  options.null = csv.string("null").value_or(options.null);
  options.encoding = csv.string("encoding").value_or(options.encoding);
  csv.finish("the csv options");
}

void parse_url(const std::string& url, Connection& connection, json::Fields& fields) {
  const auto rest = [&](std::string_view scheme) { return url.substr(scheme.size()); };
  if (url.starts_with("sqlite:")) {
    connection.engine = Engine::sqlite;
    connection.path = rest("sqlite:");
    if (connection.path.starts_with("//")) connection.path.erase(0, 2);
    connection.display = "sqlite:" + connection.path;
  } else if (url.starts_with("csv:")) {
    connection.engine = Engine::csv;
    connection.path = rest("csv:");
    connection.display = url;
  } else if (url.starts_with("postgresql:") || url.starts_with("postgres:")) {
    connection.engine = Engine::postgresql;
    parse_postgresql_url(url, connection, fields);
    connection.display = postgresql_display(connection);
  } else if (url.starts_with("http://") || url.starts_with("https://")) {
    connection.engine = Engine::http;
    check_http_url(url, fields);
    connection.url = url;
    connection.display = url.substr(0, url.find('?'));
  } else {
    fields.problem("url", fmt::format("no connector for \"{}\"", url.substr(0, url.find(':') + 1)),
                   "known: sqlite:, postgresql:, csv:, http:, https:");
    return;
  }
  if ((connection.engine == Engine::sqlite || connection.engine == Engine::csv) &&
      connection.path.empty())
    fields.problem("url", "the URL names no file or folder");
}

void parse_keywords(Connection& connection, json::Fields& fields) {
  const auto engine = fields.string("engine").value_or("");
  if (engine != "postgresql")
    fields.problem("engine",
                   fmt::format("a connection without url needs \"engine\": "
                               "\"postgresql\", found \"{}\"",
                               engine),
                   "or give a url");
  connection.engine = Engine::postgresql;
  for (const char* name : keyword_names) {
    const auto* value = fields.get(name);
    if (!value) continue;
    if (value->is_int64())
      connection.keywords[name] = std::to_string(value->get_int64());
    else if (const auto text = fields.string(name))
      connection.keywords[name] = *text;
  }
  connection.display = postgresql_display(connection);
}

/// Takes `name`, which libpq does not know, out of the keywords: a whole number of `unit`.
void parse_number(const char* name, const char* unit, int& number, int most, Connection& connection,
                  json::Fields& fields) {
  const auto found = connection.keywords.extract(name);
  if (!found) return;
  const auto& text = found.mapped();
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end && number >= 0 && number <= most) return;
  fields.problem(fields.has("url") ? "url" : name,
                 fmt::format("{} must be whole {} from 0 (no limit) to {}, found \"{}\"", name,
                             unit, most, text));
}

}  // namespace

const char* name_of(Engine engine) {
  constexpr const char* names[] = {"postgresql", "sqlite", "csv", "http"};
  return names[static_cast<std::size_t>(engine)];
}

Connection parse_connection(const std::string& name, json::Fields& fields) {
  Connection connection;
  connection.name = name;
  if (const auto url = fields.string("url"))
    parse_url(*url, connection, fields);
  else
    parse_keywords(connection, fields);
  const auto number = [&](const char* field, const char* unit, int& value, int most) {
    parse_number(field, unit, value, most, connection, fields);
  };
  number("lock_timeout", "seconds", connection.lock_seconds, longest_seconds);
  number("silence_seconds", "seconds", connection.silence_seconds, longest_seconds);
  number("largest_row_mib", "MiB", connection.largest_row_mib, largest_mib);
  if (connection.engine == Engine::sqlite)
    connection.largest_row_mib = static_cast<int>(
        fields.integer("largest_row_mib", 0, largest_mib).value_or(connection.largest_row_mib));
  if (connection.engine == Engine::postgresql) connection.secret = parse_secret(fields, "password");
  if (connection.engine == Engine::http) connection.secret = parse_secret(fields, "token");
  if (connection.engine == Engine::csv) parse_csv(fields, connection.csv);
  fields.finish(fmt::format("a {} connection", name_of(connection.engine)));
  return connection;
}

std::string database_of(const Connection& connection) {
  // As libpq fills in what is missing. All ways to this machine are taken for one.
  const auto value = [&](const char* name, const char* variable, std::string otherwise) {
    if (auto text = keyword(connection, name); !text.empty()) return text;
    const auto* set = std::getenv(variable);
    return set && *set ? std::string(set) : std::move(otherwise);
  };
  auto host = value("host", "PGHOST", value("hostaddr", "PGHOSTADDR", "localhost"));
  if (host.starts_with('/') || host.starts_with("127.") || host == "::1") host = "localhost";
  std::ranges::transform(host, host.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return fmt::format("postgresql://{}:{}/{}", host, value("port", "PGPORT", "5432"),
                     value("dbname", "PGDATABASE", value("user", "PGUSER", "")));
}

std::string conninfo(const Connection& connection, const std::string& password) {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& value) {
    text += name + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += "' ";
  };
  for (const auto& [name, value] : connection.keywords) add(name, value);
  if (!password.empty()) add("password", password);
  return text;
}

}  // namespace orch::connectors
