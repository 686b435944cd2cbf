// The entry of a MySQL connection: a URL, or its parts as members.
#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "workers/data/server_entry.h"
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

constexpr data::ServerEntry entry_of_server{.server = "MySQL",
                                            .example = "mysql://user@host:3306/database",
                                            .database = "database",
                                            .keywords = keyword_names};

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
    return fmt::format("mysql://{}:{}/{}", data::host_identity(options.host),
                       options.port == 0 ? 3306 : options.port, options.database);
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

Tls tls_of(const std::string& text, json::Fields& fields) {
  if (text.empty()) return Tls::preferred;
  const auto* found = std::ranges::find(tls_names, text, &TlsName::name);
  if (found != tls_names.end()) return found->tls;
  fields.problem(
      fields.has("url") ? "url" : "tls",
      fmt::format("tls must be preferred, required, verified or off, found \"{}\"", text));
  return Tls::preferred;
}

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  auto keywords = data::parse_server_entry(entry_of_server, url, fields);
  const auto number = [&](const char* name, const char* what, int otherwise, int most) {
    return data::take_number(keywords, name, what, otherwise, most, fields);
  };
  constexpr const char* seconds = "whole seconds from 0 (no limit)";
  Settings settings;
  auto& options = settings.options;
  options.host = keywords["socket"].empty() ? keywords["host"] : keywords["socket"];
  options.port = static_cast<unsigned>(number("port", "a whole number from 0", 0, largest_port));
  options.user = keywords["user"];
  options.database = keywords["database"];
  options.tls = tls_of(keywords["tls"], fields);
  options.tls_ca = keywords["tls_ca"];
  options.connect_seconds =
      static_cast<unsigned>(number("connect_timeout", seconds, 10, longest_seconds));
  options.silence_seconds =
      static_cast<unsigned>(number("silence_seconds", seconds, 60, longest_seconds));
  const auto mib = number("largest_row_mib", "whole MiB from 0 (no limit)", 256, largest_mib);
  options.largest_row = static_cast<std::size_t>(mib == 0 ? largest_mib : mib) << 20U;
  settings.lock_seconds = number("lock_timeout", seconds, 60, longest_seconds);
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
