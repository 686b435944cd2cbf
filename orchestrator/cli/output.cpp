#include "orchestrator/cli/output.h"

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/json/wtf8.h"
#include "orchestrator/view/projection.h"
#include "workers/worker.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using render::Tone;

std::string detail(const char* name, const std::string& text, const render::Look& look) {
  if (text.empty()) return {};
  return render::toned(fmt::format("  {:<5} ", name), Tone::faint, look) +
         render::wrapped(one_line(text), look.width, 8) + '\n';
}

std::string code_line(const std::string& code, const render::Look& look) {
  if (code.empty()) return {};
  return detail("code", fmt::format("{0} (`orch explain {0}`)", code), look);
}

std::string document_text(const InvalidDocument& error, const render::Look& look) {
  constexpr std::int64_t most_shown = 50;  // more are not read before some are mended
  std::string out;
  std::int64_t errors = 0;
  for (const auto& problem : error.problems()) {
    if (errors < most_shown) out += problem_text(error.file(), problem, look);
    if (!problem.warning) ++errors;
  }
  if (errors > most_shown) out += fmt::format("… and {} more\n", errors - most_shown);
  out += render::toned(
      fmt::format("orch: {}: {}", one_line(error.file()), render::plural(errors, "problem")),
      Tone::bad, look);
  return out + '\n' + code_line(error.code(), look);
}

}  // namespace

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=@%+";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos)
    return std::string(text);
  std::string word = "'";
  for (const char c : text) c == '\'' ? word += "'\\''" : word += c;
  return word + "'";
}

std::string json_line(const bj::value& value) {
  return printable_json(json::write_wtf8(value)) + '\n';
}

void print_document(const Context& context, const bj::value& value) {
  context.print_json(context.lines() ? json_line(value) : render::pretty(value));
}

void print_documents(const Context& context, const bj::array& values) {
  if (!context.lines()) return context.print_json(render::pretty(values));
  std::string out;
  for (const auto& value : values) out += json_line(value);
  context.print_json(out);
}

bj::object problem_document(const std::string& file, const Problem& problem) {
  return {{"file", file},
          {"line", problem.line},
          {"column", problem.column},
          {"pointer", problem.pointer},
          {"severity", problem.warning ? "warning" : "error"},
          {"message", problem.message},
          {"hint", problem.hint}};
}

std::string problem_text(const std::string& file, const Problem& problem,
                         const render::Look& look) {
  auto place = one_line(file);
  if (problem.line > 0) place += fmt::format(":{}:{}", problem.line, problem.column);
  auto out = render::toned(place + ":", Tone::strong, look) + ' ';
  out += render::toned(
      problem.warning ? "warning: " : "error: ", problem.warning ? Tone::busy : Tone::bad, look);
  out += one_line(problem.message);
  if (!problem.pointer.empty()) out += " (" + one_line(problem.pointer) + ")";
  return out + '\n' + detail("hint", problem.hint, look);
}

std::string error_text(const std::exception& error, const render::Look& look) {
  if (const auto* invalid = dynamic_cast<const InvalidDocument*>(&error))
    return document_text(*invalid, look);
  const auto first = [&](const std::string& message) {
    return render::toned("orch: ", Tone::bad, look) +
           render::wrapped(one_line(message), look.width, 2) + '\n';
  };
  if (const auto* ours = dynamic_cast<const Error*>(&error))
    return first(ours->what()) + detail("hint", ours->hint(), look) + code_line(ours->code(), look);
  if (const auto* failed = dynamic_cast<const workers::TaskFailed*>(&error)) {
    const auto failure = view::failure_of(failed->error(), failed->cause());
    return first(failure.error + ": " + failure.message) + detail("hint", failure.hint, look) +
           code_line(failure.code, look);
  }
  return first(error.what());
}

}  // namespace orch::cli
