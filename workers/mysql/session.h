// Sessions as orch needs them.
#pragma once

#include "orchestrator/db/mysql.h"
#include "workers/mysql/mysql.h"

namespace orch::mysql {

/// A session in UTC, with ANSI quotes and no backslash escapes, that waits for locks as long as
/// `settings` say and for a slow reader of its rows for an hour.
Connection connect(const Settings& settings);

}  // namespace orch::mysql
