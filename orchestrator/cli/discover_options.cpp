#include "orchestrator/cli/discover_options.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/random.h"

namespace orch::cli {
namespace {

// A folder of thousands of other files, or a database of thousands of views, is not listed whole.
constexpr std::size_t most_lines = 30;

}  // namespace

void add_discover_options(Arguments& app, catalog::DiscoverOptions& options) {
  options.id = fmt::format("{:016x}", random_bits());
  app.add_option("--tables", options.tables,
                 "tables, as TABLE or SCHEMA.TABLE, or patterns with * and ?; default: all")
      ->type_name("NAME,…")
      ->delimiter(',');
  app.add_option("--schema", options.schemas,
                 "schemas of the source, or patterns with * and ?; default: all of the user's")
      ->type_name("NAME,…")
      ->delimiter(',');
  app.add_option("--target-schema", options.to_schema,
                 "schema of the target for all tables, or FROM=TO for each schema that changes; "
                 "default: the source's")
      ->type_name("NAME|FROM=TO,…")
      ->delimiter(',');
  app.add_flag("--views", options.views, "take views and materialized views too");
  app.add_flag("--allow-empty", options.allow_empty, "no table at all is meant");
}

void say_left_out(const Context& context, const catalog::Discovery& found) {
  const auto& all = found.left_out;
  const auto shown = std::min(all.size(), most_lines);
  for (std::size_t i = 0; i < shown; ++i)
    context.say(fmt::format("orch: left out: {} {}: {}", all[i].relation.kind,
                            all[i].relation.name.display(), all[i].reason));
  if (shown < all.size()) context.say(fmt::format("orch: left out: {} more", all.size() - shown));
}

}  // namespace orch::cli
