#include "workers/odbc/drivers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/db/odbc.h"
#include "workers/odbc/dialect.h"
#include "workers/worker.h"

namespace orch::odbc {
namespace {

// Of several that lead to a server, the first that is there is taken.
constexpr std::array all_drivers = {
    DriverFacts{.names = "psqlodbca,postgresql ansi",
                .dialect = "postgresql",
                .package = "odbc-postgresql",
                .attributes = "",
                .entry = "",
                .refused = "it changes texts to the character set of the locale"},
    DriverFacts{.names = "psqlodbc,postgresql",
                .dialect = "postgresql",
                .package = "odbc-postgresql",
                // Else it holds whole results in memory.
                .attributes = "UseDeclareFetch=1;Fetch=1000;BoolsAsChar=0;ByteaAsLongVarBinary=1",
                .entry = "SERVER={host};PORT={port};DATABASE={database};UID={user}"},
    DriverFacts{.names = "maodbc,mariadb",
                .dialect = "mysql",
                .package = "odbc-mariadb",
                .narrow = true,
                .attributes = "CHARSET=utf8mb4",
                .entry = "SERVER={host};PORT={port};DATABASE={database};UID={user}"},
    DriverFacts{.names = "myodbc,mysql",
                .dialect = "mysql",
                .package = "MySQL Connector/ODBC",
                .attributes = "NO_CACHE=1;FORWARDONLY=1",
                .entry = "SERVER={host};PORT={port};DATABASE={database};UID={user}"},
    DriverFacts{.names = "msodbcsql,for sql server",
                .dialect = "sqlserver",
                .package = "Microsoft's msodbcsql18 (packages.microsoft.com)",
                .attributes = "",
                .entry = "SERVER={host},{port};DATABASE={database};UID={user}"},
    DriverFacts{.names = "tdsodbc,freetds",
                .dialect = "sqlserver",
                .package = "tdsodbc",
                .narrow = true,
                .attributes = "TDS_Version=7.4;ClientCharset=UTF-8",
                .entry = "SERVER={host};PORT={port};DATABASE={database};UID={user}",
                .plain_braces = true},
    DriverFacts{.names = "sqora,oracle",
                .dialect = "oracle",
                .package = "Oracle Instant Client with its ODBC package (oracle.com)",
                .attributes = "",
                .entry = "DBQ={host}:{port}/{database};UID={user}"},
    DriverFacts{.names = "db2",
                .dialect = "db2",
                .package = "IBM's clidriver (ibm.com: Data Server Driver for ODBC and CLI)",
                .attributes = "PROTOCOL=TCPIP",
                .entry = "HOSTNAME={host};PORT={port};DATABASE={database};UID={user}"},
    DriverFacts{.names = "sqlite",
                .dialect = "sqlite",
                .package = "libsqliteodbc",
                .narrow = true,
                .attributes = "StepAPI=1;NoWCHAR=1",  // else it holds whole results in memory
                .entry = "DATABASE={database}"},
};

/// One attribute of a connection string, where it is in it.
struct Attribute {
  std::string_view name = {};
  std::string_view value;  ///< in its braces
  std::size_t begin = 0;
  std::size_t end = 0;  ///< after its semicolon
};

std::vector<Attribute> attributes_of(std::string_view text) {
  std::vector<Attribute> all;
  for (std::size_t at = 0; at < text.size();) {
    Attribute one{.name = {}, .value = {}, .begin = at, .end = text.size()};
    const auto equal = text.find('=', at);
    auto end = text.find(';', at);
    if (equal != text.npos && equal < end) {
      one.name = boost::trim_copy(text.substr(at, equal - at));
      auto from = equal + 1;
      if (from < text.size() && text[from] == '{') {
        ++from;
        while ((from = text.find('}', from)) != text.npos && text.substr(from, 2) == "}}")
          from += 2;
        end = from == text.npos ? text.npos : text.find(';', from);
      }
      one.value = text.substr(equal + 1, end == text.npos ? end : end - equal - 1);
    }
    if (end != text.npos) one.end = end + 1;
    at = one.end;
    all.push_back(one);
  }
  return all;
}

std::string without_braces(std::string_view value) {
  std::string text(boost::trim_copy(std::string(value)));
  if (!text.starts_with('{') || !text.ends_with('}')) return text;
  return boost::replace_all_copy(text.substr(1, text.size() - 2), "}}", "}");
}

bool has_one(const std::string& text, std::string_view names) {
  const auto small = boost::to_lower_copy(text);
  while (!names.empty()) {
    const auto end = std::min(names.find(','), names.size());
    if (small.find(names.substr(0, end)) != small.npos) return true;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

const DriverFacts* facts_of(const std::string& driver) {
  const auto found = std::ranges::find_if(
      all_drivers, [&](const auto& facts) { return has_one(driver, facts.names); });
  return found == all_drivers.end() ? nullptr : &*found;
}

workers::TaskFailed no_driver(const Settings& settings) {
  std::vector<std::string> packages;
  for (const auto& facts : all_drivers)
    if (facts.dialect == settings.dialect && facts.refused.empty())
      packages.emplace_back(facts.package);
  std::vector<std::string> there;
  for (const auto& driver : drivers()) there.push_back(driver.name);
  const auto* dialect = dialect_named(settings.dialect);
  return {"Connection.Down",
          fmt::format("{}: no ODBC driver for {} here (odbcinst.ini names: {})", settings.display,
                      dialect ? dialect->server : settings.dialect,
                      there.empty() ? "none" : fmt::format("{}", fmt::join(there, ", "))),
          fmt::format("install {}", fmt::join(packages, " or ")), "ORCH-0401"};
}

/// Puts values into an entry; leaves attributes out that have none.
std::string filled(std::string_view entry, const Settings& settings) {
  std::string text;
  for (const auto& one : attributes_of(entry)) {
    std::string value(one.value);
    bool named = false;
    for (const auto& [name, given] :
         {std::pair{"{host}", &settings.host}, std::pair{"{port}", &settings.port},
          std::pair{"{database}", &settings.database}, std::pair{"{user}", &settings.user}}) {
      named = named || (value.find(name) != value.npos && !given->empty());
      boost::replace_all(value, name, *given);
    }
    const bool plain = value.find_first_of(";{}=") == value.npos;
    if (named || one.value.find('{') == one.value.npos)
      text += fmt::format("{}={};", one.name, plain ? value : attribute(value));
  }
  return text;
}

/// The first driver here that leads to the settings' server.
Chosen driver_for(const Settings& settings) {
  const auto there = drivers();
  for (const auto& facts : all_drivers) {
    if (facts.dialect != settings.dialect || !facts.refused.empty()) continue;
    for (const auto& driver : there)
      if (has_one(driver.name, facts.names))
        return {&facts, fmt::format("DRIVER={};{}{}", attribute(driver.name),
                                    filled(facts.entry, settings), settings.attributes)};
  }
  throw no_driver(settings);
}

std::string driver_of_source(const std::string& name) {
  for (const auto& source : data_sources())
    if (boost::iequals(source.name, name)) return source.driver;
  return {};
}

}  // namespace

std::string value_of(std::string_view attributes, std::string_view name) {
  for (const auto& one : attributes_of(attributes))
    if (boost::iequals(one.name, name)) return without_braces(one.value);
  return {};
}

std::string take_attribute(std::string& attributes, std::string_view name) {
  std::string value;
  for (bool found = true; found;) {
    found = false;
    for (const auto& one : attributes_of(attributes)) {
      if (!boost::iequals(one.name, name)) continue;
      value = without_braces(one.value);
      attributes.erase(one.begin, one.end - one.begin);
      found = true;
      break;
    }
  }
  return value;
}

Chosen choose_driver(const Settings& settings) {
  Chosen chosen{nullptr, settings.attributes};
  const auto driver = value_of(chosen.attributes, "DRIVER");
  const auto source = value_of(chosen.attributes, "DSN");
  if (driver.empty() && source.empty())
    chosen = driver_for(settings);
  else
    chosen.facts = facts_of(driver.empty() ? driver_of_source(source) : driver);
  if (!chosen.facts) return chosen;
  if (!chosen.facts->refused.empty())
    throw workers::TaskFailed(
        "Connection.Unsupported",
        fmt::format("{}: the driver is of no use: {}", settings.display, chosen.facts->refused),
        "name the driver for Unicode that the same package has", "ORCH-0305");
  for (const auto& one : attributes_of(chosen.facts->attributes))
    if (value_of(chosen.attributes, one.name).empty()) {
      if (!chosen.attributes.empty() && !chosen.attributes.ends_with(';')) chosen.attributes += ';';
      chosen.attributes += fmt::format("{}={};", one.name, one.value);
    }
  while (chosen.attributes.ends_with(';')) chosen.attributes.pop_back();
  return chosen;
}

}  // namespace orch::odbc
