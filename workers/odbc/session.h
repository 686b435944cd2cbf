// Sessions as orch needs them.
#pragma once

#include <string>

#include "orchestrator/db/odbc.h"
#include "workers/odbc/dialect.h"
#include "workers/odbc/odbc.h"

namespace orch::odbc {

struct Session {
  Connection connection;
  const Dialect* dialect;
  bool wide = true;          ///< texts are fetched as UTF-16
  std::string quote = {};    ///< before and after a name
  std::string current = {};  ///< the schema of names without one
};

/// Chooses the driver, connects, finds the dialect and sets the session. Throws TaskFailed.
Session connect(const Settings& settings);

/// Begins the transaction in which a load reads. The answer is how the view is called; `advice` is
/// set where it is none of one state.
std::string begin_view(Session& session, std::string* advice = nullptr);

/// "name" in quotes, the server's own doubled.
std::string quoted(const Session& session, std::string_view name);
/// 'text'.
std::string literal(std::string_view text);
/// The SQL with texts for {schema}, {table} and {current}.
std::string filled(std::string_view sql, const Session& session, const data::TableName& name = {});

}  // namespace orch::odbc
