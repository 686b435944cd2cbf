// Whether the tables are right, as a page for a browser or a mail: for people who never log in.
#pragma once

#include <span>
#include <string>

#include "orchestrator/cli/render/grid.h"
#include "orchestrator/view/verdict.h"

namespace orch::cli::render {

/// An HTML document without scripts, files or addresses of its own; mail programs show it, too.
/// What is not right comes first.
std::string tables_document(std::span<const view::TableNow> tables, Instant now, const Look& look);

/// "10 of 12 tables are right": the subject of the mail.
std::string tables_headline(std::span<const view::TableNow> tables, Instant now);

}  // namespace orch::cli::render
