// Lists of holidays that a pipeline's schedules name as files.
#pragma once

#include <filesystem>

#include <boost/json/object.hpp>

#include "orchestrator/json/fields.h"

namespace orch::project {

/// Puts the days of the file, below `folder`, in the place of its name in each trigger's
/// "holidays": what is deployed needs no file. What is wrong with a file is a problem of its name.
void read_holidays(const std::filesystem::path& folder, boost::json::object& pipeline,
                   json::Problems& problems);

}  // namespace orch::project
