// SQLite's SQL, as publishing asks for it.
#pragma once

#include "workers/publishing/dialect.h"

namespace orch::sqlite {

const publishing::Dialect& dialect();

}  // namespace orch::sqlite
