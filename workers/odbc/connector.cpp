// The entry of an ODBC connection: a connection string after "odbc:".
#include <utility>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/odbc/dialect.h"
#include "workers/odbc/drivers.h"
#include "workers/odbc/odbc.h"

namespace orch::odbc {
namespace {

namespace fs = std::filesystem;

class Database final : public data::Connection {
 public:
  explicit Database(Settings settings) : settings_(std::move(settings)) {}

  std::string display() const override { return "odbc:" + settings_.attributes; }
  std::string database(const fs::path&) const override { return display(); }

  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    return odbc::open_source(opened(settings_, opening, display()));
  }
  data::Health ping(const data::Opening& opening, data::Role) const override {
    return odbc::ping(opened(settings_, opening, display()));
  }

 private:
  Settings settings_;
};

/// Takes the password out of "odbc:DRIVER=…;PWD=…".
std::string take_secret(std::string& url) {
  auto attributes = url.substr(url.find(':') + 1);
  auto secret = take_attribute(attributes, "PWD");
  if (auto other = take_attribute(attributes, "PASSWORD"); !other.empty())
    secret = std::move(other);
  while (attributes.ends_with(';')) attributes.pop_back();
  url = "odbc:" + attributes;
  return secret;
}

void read_limits(Settings& settings, json::Fields& fields) {
  settings.connect_seconds = static_cast<unsigned>(
      fields.integer("connect_timeout", 0, longest_seconds).value_or(usual_seconds));
  const auto mib = fields.integer("largest_row_mib", 0, largest_mib).value_or(usual_mib);
  settings.largest_value = bytes_of_mib(mib);
}

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  Settings settings;
  settings.attributes = boost::trim_copy(url.substr(url.find(':') + 1));
  auto rest = url;
  if (!take_secret(rest).empty())
    fields.problem("url", "a password must not stand in the URL",
                   R"(leave it out and add "password": {"env": "NAME"} or {"file": "path"})");
  if (value_of(settings.attributes, "DRIVER").empty() &&
      value_of(settings.attributes, "DSN").empty())
    fields.problem("url", "the connection string names neither DRIVER nor DSN",
                   "odbc:DRIVER={FreeTDS};SERVER=db1;PORT=1433;DATABASE=sales;UID=loader");
  settings.dialect = fields.string("dialect").value_or("");
  if (!settings.dialect.empty() && !dialect_named(settings.dialect)) {
    std::vector<std::string_view> names{generic().name};
    for (const auto* dialect : dialects()) names.push_back(dialect->name);
    fields.problem("dialect", fmt::format("no dialect \"{}\"", settings.dialect),
                   fmt::format("there are: {}", fmt::join(names, ", ")));
  }
  read_limits(settings, fields);
  return std::make_unique<Database>(std::move(settings));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = "odbc",
      .schemes = {"odbc"},
      .url_form = "odbc:DRIVER={NAME};SERVER=HOST;DATABASE=NAME;UID=USER",
      .can = {.source = true},
      .names_path = false,
      .by_members = false,
      .secret = "password",
      .naming = {},
      .parse = parse,
      .take_secret = take_secret,
  };
  return made;
}

}  // namespace orch::odbc
