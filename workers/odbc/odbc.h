// Databases as sources through ODBC drivers: SQL Server, Oracle, DB2, and whatever else has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "workers/data/connector.h"

namespace orch::odbc {

/// What an entry may say of the time for connecting, and of the largest row.
inline constexpr int longest_seconds = 86'400;
inline constexpr int usual_seconds = 10;
inline constexpr int largest_mib = 1'024;
inline constexpr int usual_mib = 256;

struct Settings {
  /// Attributes as a connection string has them: "DRIVER={…};SERVER=…"; without the password. One
  /// without DRIVER and DSN names a server of `dialect`, whose driver is looked for.
  std::string attributes;
  /// The rest of it where a driver is looked for.
  std::string host = {};
  std::string port = {};
  std::string database = {};
  std::string user = {};
  std::string dialect = {};  ///< its name; empty: what the server says it is
  std::string secret = {};
  std::string display = {};  ///< the connection without secrets
  unsigned connect_seconds = 10;
  std::size_t largest_value = 256U << 20U;  ///< bytes
  std::function<bool()> stop = {};
};

/// What an entry says, with what is known once its connection is opened.
inline Settings opened(Settings settings, const data::Opening& opening, std::string display) {
  settings.secret = opening.secret;
  settings.display = std::move(display);
  settings.stop = opening.stop;
  return settings;
}

/// Of an entry's "largest_row_mib"; 0: as much as there may be.
inline std::size_t bytes_of_mib(std::int64_t mib) {
  return static_cast<std::size_t>(mib == 0 ? largest_mib : mib) << 20U;
}

/// A source that reads each table in one session, and in one view where the server has one. Throws
/// TaskFailed "Connection.Down", "Connection.Refused".
std::unique_ptr<data::Source> open_source(Settings settings);

/// Driver and server, and why loads see no single state of it. Throws as open_source() does.
data::Health ping(const Settings& settings);

/// "odbc:DRIVER={…};…", "odbc:DSN=…".
const data::Connector& connector();

}  // namespace orch::odbc
