// ODBC drivers: which one leads to a server, and what it has to be told.
#pragma once

#include <string>
#include <string_view>

#include "workers/odbc/odbc.h"

namespace orch::odbc {

struct DriverFacts {
  /// Parts of its name in odbcinst.ini or of its file, in small letters, by commas.
  std::string_view names;
  std::string_view dialect;
  std::string_view package;     ///< what brings it
  bool narrow = false;          ///< it hands out UTF-8; else texts are fetched as UTF-16
  std::string_view attributes;  ///< that it needs, where the connection does not have them
  /// How a server is named: {host}, {port}, {database} and {user} are values. Attributes whose
  /// value is empty are left out.
  std::string_view entry;
  std::string_view refused = {};  ///< why it is not used
  bool plain_braces = false;      ///< see Options::plain_braces
};

/// What a connection string leads to.
struct Chosen {
  const DriverFacts* facts = nullptr;  ///< null: nothing is known of the driver
  std::string attributes;              ///< the whole connection string, without the secret
};

/// Completes the settings' attributes: chooses a driver where none is named, and adds what it
/// needs. Throws TaskFailed "Connection.Down" (ORCH-0401) where there is no driver, with what
/// brings one; odbc::LibraryMissing.
Chosen choose_driver(const Settings& settings);

/// The value of an attribute, whatever the case of its name; braces taken off; empty: not there.
std::string value_of(std::string_view attributes, std::string_view name);

/// Takes attributes of the names out. Answers with the last one's value.
std::string take_attribute(std::string& attributes, std::string_view name);

}  // namespace orch::odbc
