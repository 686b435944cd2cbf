// Commands of alerts.
#pragma once

#include "orchestrator/cli/command.h"

namespace orch::cli {

Action declare_alerts_list(Arguments& app);
Action declare_alerts_silence(Arguments& app);
Action declare_alerts_unsilence(Arguments& app);
Action declare_alerts_test(Arguments& app);

}  // namespace orch::cli
