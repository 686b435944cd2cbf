// Servers that tasks and notifications call.
#pragma once

#include "workers/data/connector.h"

namespace orch::connectors {

const data::Connector& http_connector();

}  // namespace orch::connectors
