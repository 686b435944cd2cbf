// The entry of a MySQL connection: a URL, or its parts as members.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <map>
#include <utility>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "workers/mysql/mysql.h"

namespace orch::mysql {
namespace {

namespace fs = std::filesystem;

constexpr std::array keyword_names = {"host",           "port",
                                      "user",           "database",
                                      "socket",         "tls",
                                      "tls_ca",         "connect_timeout",
                                      "lock_timeout",   "silence_seconds",
                                      "largest_row_mib"};

constexpr int longest_seconds = 86'400;
constexpr int largest_mib = 1'024;  // what the protocol can carry
constexpr int largest_port = 65'535;

using Keywords = std::map<std::string, std::string>;

struct TlsName {
  std::string_view name;
  Tls tls;
};
constexpr std::array tls_names = {TlsName{"preferred", Tls::preferred},
                                  TlsName{"required", Tls::required},
                                  TlsName{"verified", Tls::verified}, TlsName{"off", Tls::off}};

class Server final : public data::Connection {
 public:
  explicit Server(Settings settings) : settings_(std::move(settings)) {}

  std::string display() const override {
    const auto& options = settings_.options;
    const bool socket = options.host.starts_with('/');
    return fmt::format("mysql://{}{}{}{}/{}", options.user, options.user.empty() ? "" : "@",
                       socket ? "localhost" : options.host,
                       options.port == 0 ? "" : fmt::format(":{}", options.port), options.database);
  }

  /// "mysql://db1:3306/sales". All ways to this machine are taken for one.
  std::string database(const fs::path&) const override {
    const auto& options = settings_.options;
    auto host = options.host;
    if (host.empty() || host.starts_with('/') || host.starts_with("127.") || host == "::1")
      host = "localhost";
    std::ranges::transform(host, host.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return fmt::format("mysql://{}:{}/{}", host, options.port == 0 ? 3306 : options.port,
                       options.database);
  }

  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    return mysql::open_source(settings(opening));
  }
  data::Health ping(const data::Opening& opening, data::Role) const override {
    return {.degraded = {}, .version = mysql::ping(settings(opening))};
  }

 private:
  Settings settings(const data::Opening& opening) const {
    auto settings = settings_;
    settings.options.password = opening.secret;
    settings.display = display();
    settings.stop = opening.stop;
    return settings;
  }

  Settings settings_;
};

Keywords parse_url(const std::string& text, json::Fields& fields) {
  Keywords keywords;
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) {
    fields.problem("url", "not a URL: " + parsed.error().message(),
                   "mysql://user@host:3306/database");
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
  set("database", path);
  for (const auto& param : url.params()) {
    if (std::ranges::find(keyword_names, param.key) == keyword_names.end())
      fields.problem(
          "url",
          fmt::format("no parameter \"{}\" in a MySQL URL{}", param.key,
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

/// Takes keywords out one by one; what is wrong with one is a problem of `fields`.
class Taker {
 public:
  Taker(Keywords keywords, json::Fields& fields)
      : keywords_(std::move(keywords)), fields_(fields) {}

  std::string text(const char* name) { return keywords_[name]; }

  /// A whole number up to `most`; `otherwise` when there is none.
  int number(const char* name, int otherwise, int most) {
    const auto& text = keywords_[name];
    if (text.empty()) return otherwise;
    int number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || rest != end || number < 0 || number > most)
      problem(name, fmt::format("must be a whole number from 0 to {}, found \"{}\"", most, text));
    return number;
  }

  Tls tls() {
    const auto& text = keywords_["tls"];
    if (text.empty()) return Tls::preferred;
    const auto* found = std::ranges::find(tls_names, text, &TlsName::name);
    if (found != tls_names.end()) return found->tls;
    problem("tls", fmt::format("must be preferred, required, verified or off, found \"{}\"", text));
    return Tls::preferred;
  }

 private:
  void problem(const char* name, const std::string& what) {
    fields_.problem(fields_.has("url") ? "url" : name, fmt::format("{} {}", name, what));
  }

  Keywords keywords_;
  json::Fields& fields_;
};

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  Taker take(url.empty() ? parse_members(fields) : parse_url(url, fields), fields);
  Settings settings;
  auto& options = settings.options;
  const auto socket = take.text("socket");
  options.host = socket.empty() ? take.text("host") : socket;
  options.port = static_cast<unsigned>(take.number("port", 0, largest_port));
  options.user = take.text("user");
  options.database = take.text("database");
  options.tls = take.tls();
  options.tls_ca = take.text("tls_ca");
  options.connect_seconds =
      static_cast<unsigned>(take.number("connect_timeout", 10, longest_seconds));
  options.silence_seconds =
      static_cast<unsigned>(take.number("silence_seconds", 60, longest_seconds));
  const auto mib = take.number("largest_row_mib", 256, largest_mib);
  options.largest_row = static_cast<std::size_t>(mib == 0 ? largest_mib : mib) << 20U;
  settings.lock_seconds = take.number("lock_timeout", 60, longest_seconds);
  return std::make_unique<Server>(std::move(settings));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = engine_name,
      .schemes = {"mysql", "mariadb"},
      .url_form = "mysql://USER:PASSWORD@HOST:PORT/DATABASE",
      .can = {.source = true},
      .names_path = false,
      .by_members = true,
      .secret = "password",
      .naming = {},
      .parse = parse,
  };
  return made;
}

}  // namespace orch::mysql
