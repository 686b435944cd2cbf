// catalog files: the files that tables are loaded from, and what became of each.
#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/cli/catalog_choice.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/render/text.h"
#include "workers/replication/landed_files.h"

namespace orch::cli {
namespace {

using replication::FileState;
using replication::LandedFile;

struct FilesOptions {
  CatalogChoice choice;
  std::vector<std::string> states;
};

render::Tone tone_of(FileState state) {
  switch (state) {
    case FileState::loaded:
      return render::Tone::good;
    case FileState::left:
    case FileState::changed:
      return render::Tone::bad;
    case FileState::gone:
      return render::Tone::faint;
    case FileState::waiting:
    case FileState::late:
    case FileState::fresh:
      break;
  }
  return render::Tone::plain;
}

void print_page(const Context& context, const std::vector<LandedFile>& files) {
  render::Grid grid({{"TABLE", false, true},
                     {"FILE", false, true, true},
                     {"STATE"},
                     {"BYTES", true},
                     {"ROWS", true},
                     {"SET ASIDE", true},
                     {"LOAD", false, true},
                     {"REASON", false, true}});
  for (const auto& file : files) {
    const auto& loaded = file.loaded;
    const auto count = [](std::int64_t number) { return render::count_text(number); };
    grid.add({file.key,
              file.name,
              {replication::state_name(file.state), tone_of(file.state)},
              count(file.there ? file.there->bytes : loaded->bytes),
              loaded ? count(loaded->rows) : "",
              loaded && loaded->set_aside > 0 ? count(loaded->set_aside) : "",
              loaded ? loaded->load : "",
              file.reason});
  }
  context.print(grid.text(context.out.look));
}

std::string summary(const std::vector<LandedFile>& files) {
  std::map<FileState, std::int64_t> counts;
  for (const auto& file : files) ++counts[file.state];
  std::vector<std::string> parts;
  for (const auto& [state, count] : counts)
    parts.push_back(
        fmt::format("{} {}", render::count_text(count), replication::state_name(state)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

int list(const Context& context, const FilesOptions& options) {
  const auto catalog = catalog::load_catalog(options.choice.file);
  auto files =
      replication::landed_files(chosen(catalog, options.choice), load_connections(context));
  std::erase_if(files, [&](const LandedFile& file) {
    const auto& states = options.states;
    return !states.empty() &&
           std::ranges::find(states, replication::state_name(file.state)) == states.end();
  });
  if (context.json()) {
    boost::json::array documents;
    for (const auto& file : files) documents.push_back(replication::document_of(file));
    print_documents(context, documents);
    return Exit::ok;
  }
  if (files.empty()) {
    context.say(options.states.empty()
                    ? "orch: no table of the catalog is loaded file by file, or no file is there"
                    : "orch: no file is in such a state");
    return Exit::ok;
  }
  print_page(context, files);
  context.say(fmt::format("{}: {}", options.choice.file, summary(files)));
  return Exit::ok;
}

}  // namespace

Action declare_catalog_files(Arguments& app) {
  const auto options = std::make_shared<FilesOptions>();
  add_catalog_choice(app, options->choice);
  app.add_option("--state", options->states, "only files in these states")
      ->type_name("STATE,…")
      ->delimiter(',')
      ->one_of({"loaded", "gone", "changed", "left", "waiting", "late", "new"});
  add_setting(app, "connections");
  return [options](Context& context) { return list(context, *options); };
}

}  // namespace orch::cli
