// Reads the rows of one statement.
#pragma once

#include <memory>

#include "workers/data/source.h"
#include "workers/odbc/failures.h"
#include "workers/odbc/select.h"
#include "workers/odbc/session.h"

namespace orch::odbc {

/// Reads in the transaction that the session has begun, and commits it.
std::unique_ptr<data::RowReader> make_reader(Place place, Session session, SelectPlan plan);

}  // namespace orch::odbc
