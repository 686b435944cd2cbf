// What is refused before a run moves a row.
#pragma once

#include <functional>

#include <boost/json/value.hpp>

#include "workers/connectors/connections.h"
#include "workers/replication/step_input.h"

namespace orch::replication {

/// Gives the chosen entries their owners, and refuses: tables that the sources do not have and that
/// were never loaded (more of them than the task's "tolerance" lets fail), targets that would be
/// one table, and targets that another catalog publishes. A table that was loaded before and is
/// gone fails alone. A database that does not answer is left to the steps that follow. Throws
/// TaskFailed "Source.TableMissing", "Catalog.TargetClash", "Target.Taken", and
/// "Connection.Unknown", "Connection.Unsupported", "Connection.SecretMissing",
/// "Connection.Refused".
void check_run(const workers::Task& task, Chosen& chosen,
               const connectors::Connections& connections, const connectors::Stop& stop = {});

/// All that the steps orch:health and orch:catalog refuse of a run with this `input`, for a command
/// line that can say so before there is a run. Throws TaskFailed as they do, Error for files.
void check_run_input(const boost::json::value& input, const std::filesystem::path& connections,
                     const connectors::Stop& stop);

}  // namespace orch::replication
