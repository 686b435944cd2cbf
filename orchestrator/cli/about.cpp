// config, explain, version: the program about itself.

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/error_names.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/version.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

int show_config(const Context& context) {
  render::Grid grid({{"SETTING"}, {"VALUE", false, true}, {"FROM", false, true}});
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

char ascii_lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::vector<std::string> names_of(const ErrorCode& code) {
  std::vector<std::string> names;
  for (const auto& name : error_names())
    if (name.code == code.code) names.emplace_back(name.name);
  return names;
}

bj::object code_document(const ErrorCode& code) {
  const auto names = names_of(code);
  return {{"code", code.code},
          {"title", code.title},
          {"names", bj::array(names.begin(), names.end())},
          {"meaning", code.meaning}};
}

int explain_all(const Context& context) {
  render::Grid grid({{"CODE"}, {"TITLE", false, true}, {"NAMES", false, true}});
  bj::array documents;
  for (const auto& code : error_codes()) {
    grid.add({std::string(code.code), std::string(code.title),
              fmt::format("{}", fmt::join(names_of(code), ", "))});
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

const ErrorCode& code_of(std::string_view wanted) {
  std::vector<std::string> known;
  for (const auto& code : error_codes()) {
    if (code.code == wanted) return code;
    known.emplace_back(code.code);
  }
  throw Error("ORCH-0001", fmt::format("no error code {}{}", wanted, did_you_mean(wanted, known)),
              "`orch explain` lists them all");
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

// What a definition calls the error: "Fence.Stale".
std::vector<const ErrorCode*> codes_of_name(const std::string& wanted) {
  std::vector<const ErrorCode*> codes;
  std::vector<std::string> known;
  for (const auto& [name, code] : error_names()) {
    if (same_name(name, wanted)) codes.push_back(&code_of(code));
    known.emplace_back(name);
  }
  if (!codes.empty()) return codes;
  const bool of_the_language = wanted.starts_with("States.");
  throw Error("ORCH-0001", fmt::format("no error name {}{}", wanted, did_you_mean(wanted, known)),
              of_the_language ? "it is a name of the Amazon States Language"
                              : "`orch explain` lists the names and codes");
}

std::string paragraph(const Context& context, const ErrorCode& code) {
  return render::toned(fmt::format("{}: {}", code.code, code.title), render::Tone::strong,
                       context.out.look) +
         "\n\n" + render::wrapped(std::string(code.meaning), context.out.width(), 0) + '\n';
}

int explain(const Context& context, const std::string& wanted) {
  if (wanted.empty()) return explain_all(context);
  const auto codes = wanted.find('.') == std::string::npos
                         ? std::vector{&code_of(full_code(wanted))}
                         : codes_of_name(wanted);
  if (context.json() && codes.size() == 1) {
    print_document(context, code_document(*codes.front()));
  } else if (context.json()) {
    bj::array documents;
    for (const auto* code : codes) documents.push_back(code_document(*code));
    print_documents(context, documents);
  } else {
    std::string page;
    for (const auto* code : codes) page += (page.empty() ? "" : "\n") + paragraph(context, *code);
    context.print(page);
  }
  return Exit::ok;
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

Action declare_config(Arguments& app) {
  for (const char* name : {"connections", "workers", "bindings", "keys", "allow", "host-name"})
    add_setting(app, name);
  return show_config;
}

Action declare_explain(Arguments& app) {
  const auto code = std::make_shared<std::string>();
  app.add_option("code", *code, "as ORCH-0007 or 7, or a name as Fence.Stale; none: list them all")
      ->type_name("CODE|NAME");
  return [code](Context& context) { return explain(context, *code); };
}

Action declare_version(Arguments&) { return show_version; }

}  // namespace orch::cli
