// The entry of a PostgreSQL connection: a URL, or libpq's keywords as members.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <map>
#include <utility>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

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

constexpr int longest_seconds = 86'400;
constexpr int largest_mib = 1'024;  // no database has larger values

using Keywords = std::map<std::string, std::string>;

bool known_keyword(std::string_view keyword) {
  return std::ranges::find(keyword_names, keyword) != keyword_names.end();
}

class Server final : public data::Connection {
 public:
  /// `settings` without the server's address and what comes with an opening.
  Server(Keywords keywords, Settings settings)
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
    auto host = value("host", "PGHOST", value("hostaddr", "PGHOSTADDR", "localhost"));
    if (host.starts_with('/') || host.starts_with("127.") || host == "::1") host = "localhost";
    std::ranges::transform(host, host.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return fmt::format("postgresql://{}:{}/{}", host, value("port", "PGPORT", "5432"),
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

  Keywords keywords_;
  Settings settings_;
};

/// Members that a connection has instead of a URL.
void refuse_members(json::Fields& fields) {
  constexpr std::array in_front = {"host", "port", "dbname", "user"};
  for (const std::string name : keyword_names) {
    if (!fields.get(name)) continue;
    const bool parameter = std::ranges::find(in_front, name) == in_front.end();
    fields.problem(name, fmt::format("a connection with a url has no member \"{}\"", name),
                   parameter ? fmt::format("write it at the end of the url: ?{}=…", name)
                             : "write it into the url: postgresql://user@host:5432/database");
  }
}

Keywords parse_url(const std::string& text, json::Fields& fields) {
  refuse_members(fields);
  Keywords keywords;
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) {
    fields.problem("url", "not a URL: " + parsed.error().message(),
                   "postgresql://user@host:5432/database");
    return keywords;
  }
  const auto& url = *parsed;
  if (url.has_password())
    fields.problem("url", "a password must not stand in the URL",
                   R"(leave it out and add "password": {"env": "NAME"} or {"file": "path"})");
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
  return keywords;
}

Keywords parse_members(json::Fields& fields) {
  Keywords keywords;
  for (const char* name : keyword_names) {
    const auto* value = fields.get(name);
    if (!value) continue;
    if (value->is_int64())
      keywords[name] = std::to_string(value->get_int64());
    else if (const auto text = fields.string(name))
      keywords[name] = *text;
  }
  return keywords;
}

/// Takes `name`, which libpq does not know, out of the keywords: a whole number of `unit`.
void take_number(const char* name, const char* unit, int& number, int most, Keywords& keywords,
                 json::Fields& fields) {
  const auto found = keywords.extract(name);
  if (!found) return;
  const auto& text = found.mapped();
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end && number >= 0 && number <= most) return;
  fields.problem(fields.has("url") ? "url" : name,
                 fmt::format("{} must be whole {} from 0 (no limit) to {}, found \"{}\"", name,
                             unit, most, text));
}

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  auto keywords = url.empty() ? parse_members(fields) : parse_url(url, fields);
  Settings settings;
  const auto number = [&](const char* name, const char* unit, int& into, int most) {
    take_number(name, unit, into, most, keywords, fields);
  };
  number("lock_timeout", "seconds", settings.lock_seconds, longest_seconds);
  number("silence_seconds", "seconds", settings.silence_seconds, longest_seconds);
  number("largest_row_mib", "MiB", settings.largest_row_mib, largest_mib);
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
