// config, explain, version: the program about itself.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/version.h"
#include "orchestrator/view/text.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

int show_config(const Context& context) {
  view::Grid grid({{"SETTING"}, {"VALUE", false, true}, {"FROM", false, true}});
  bj::array documents;
  for (const auto& kind : setting_kinds()) {
    const auto& setting = context.settings.get(kind.name);
    grid.add({std::string(kind.name), setting.value.empty() ? "-" : setting.value, setting.origin});
    documents.push_back(bj::object{{"name", kind.name},
                                   {"value", setting.value},
                                   {"from", setting.origin},
                                   {"option", fmt::format("--{}", kind.name)},
                                   {"environment", kind.environment}});
  }
  if (context.json()) {
    print_documents(context, documents);
    return Exit::ok;
  }
  context.print(grid.text(context.out.look));
  context.say(context.settings.file().empty()
                  ? "orch: no configuration file"
                  : "orch: configuration file " + context.settings.file());
  return Exit::ok;
}

bj::object code_document(const ErrorCode& code) {
  return {{"code", code.code}, {"title", code.title}, {"meaning", code.meaning}};
}

int explain_all(const Context& context) {
  view::Grid grid({{"CODE"}, {"TITLE", false, true}});
  bj::array documents;
  for (const auto& code : error_codes()) {
    grid.add({std::string(code.code), std::string(code.title)});
    documents.push_back(code_document(code));
  }
  if (context.json()) {
    print_documents(context, documents);
  } else {
    context.print(grid.text(context.out.look));
  }
  return Exit::ok;
}

// "7", "0007" and "orch-0007" mean ORCH-0007.
std::string full_code(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  constexpr std::string_view prefix = "ORCH-";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return fmt::format("{}{:0>4}", prefix, text);
}

int explain(const Context& context, const std::string& wanted) {
  if (wanted.empty()) return explain_all(context);
  const auto full = full_code(wanted);
  std::vector<std::string> known;
  for (const auto& code : error_codes()) {
    known.emplace_back(code.code);
    if (code.code != full) continue;
    if (context.json()) {
      print_document(context, code_document(code));
      return Exit::ok;
    }
    auto width = context.out.width();
    context.print(view::toned(fmt::format("{}: {}", code.code, code.title), view::Tone::strong,
                              context.out.look) +
                  "\n\n" + view::wrapped(std::string(code.meaning), width, 0) + '\n');
    return Exit::ok;
  }
  throw Error("ORCH-0001", fmt::format("no error code {}{}", full, did_you_mean(full, known)),
              "`orch explain` lists them all");
}

int show_version(const Context& context) {
  if (context.json()) {
    print_document(context, bj::object{{"version", version()}});
  } else {
    context.print(fmt::format("orch {}\n", version()));
  }
  return Exit::ok;
}

}  // namespace

Action declare_config(CLI::App& app) {
  for (const char* name : {"connections", "workers", "bindings", "keys", "allow", "host-name"})
    add_setting(app, name);
  return show_config;
}

Action declare_explain(CLI::App& app) {
  const auto code = std::make_shared<std::string>();
  app.add_option("code", *code, "as ORCH-0007 or 7; none: list all codes")->type_name("CODE");
  return [code](Context& context) { return explain(context, *code); };
}

Action declare_version(CLI::App&) { return show_version; }

}  // namespace orch::cli
