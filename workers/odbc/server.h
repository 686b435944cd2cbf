// Connections by the name of a server: the driver is looked for.
#pragma once

#include "workers/data/connector.h"

namespace orch::odbc {

/// "sqlserver://USER@HOST:PORT/DATABASE".
const data::Connector& sqlserver_connector();
/// "oracle://USER@HOST:PORT/SERVICE".
const data::Connector& oracle_connector();
/// "db2://USER@HOST:PORT/DATABASE".
const data::Connector& db2_connector();

}  // namespace orch::odbc
