#include "workers/tools/process_call.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/telemetry/trace_context.h"
#include "workers/project_folder.h"
#include "workers/tools/task_input.h"

namespace orch::tools {
namespace {

constexpr std::int64_t most_output_bytes = 64 << 20;
constexpr std::array inherited = {"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"};

std::vector<std::string> environment_of(const workers::Task& task, json::Fields& fields) {
  std::vector<std::string> environment = {"ORCH_RUN=" + task.run, "ORCH_STATE=" + task.state,
                                          "ORCH_DELIVERY=" + delivery_id(task)};
  const auto pass = [&](const std::string& name, const char* value) {
    environment.push_back(name + "=" + value);
  };
  if (telemetry::is_tracing())
    pass("TRACEPARENT", telemetry::traceparent(task.run, task.ticket).c_str());
  for (const std::string name : inherited) {
    if (const char* value = std::getenv(name.c_str())) pass(name, value);
  }
  for (const auto& name : fields.strings("environment")) {
    if (const char* value = std::getenv(name.c_str()))
      pass(name, value);
    else
      fields.problem("environment", fmt::format("the environment of orch has no {}", name));
  }
  return environment;
}

/// Program texts end at their first zero byte, which JSON may contain.
void refuse_zero_bytes(const std::vector<std::string>& texts, json::Fields& fields) {
  for (const auto& text : texts) {
    if (text.find('\0') != std::string::npos)
      fields.problem("argv", "an argument contains a zero byte");
  }
}

[[noreturn]] void fail(const library::ProgramCall& call, const library::ProgramEnd& end) {
  const auto failed = [&](const std::string& name, const std::string& what, const char* hint,
                          const char* code, boost::json::object details = {}) {
    if (!end.error_tail.empty()) details["stderr"] = repaired(end.error_tail);
    return workers::TaskFailed(name, fmt::format("{}: {}", call.argv.front(), what), hint, code,
                               std::move(details));
  };
  switch (end.kind) {
    case library::ProgramEnd::Kind::timed_out:
      throw failed("Process.Timeout",
                   fmt::format("not done after {} ms, killed", call.timeout.count()),
                   "raise timeout_seconds", "ORCH-0612");
    case library::ProgramEnd::Kind::output_too_large:
      throw failed(
          "Process.OutputTooLarge",
          fmt::format("wrote more than {} bytes to standard output", call.max_output_bytes),
          "raise max_output_bytes, or let the program write a file and return its name",
          "ORCH-0613");
    case library::ProgramEnd::Kind::signalled:
      throw failed("Process.Killed",
                   fmt::format("ended by signal {} ({})", end.code, strsignal(end.code)), "",
                   "ORCH-0611", {{"signal", end.code}});
    case library::ProgramEnd::Kind::exited:
      break;
  }
  throw failed(fmt::format("Process.ExitCode.{}", end.code), fmt::format("exit code {}", end.code),
               "the cause's \"stderr\" has the last lines of the program's standard error",
               "ORCH-0611", {{"exit_code", end.code}});
}

}  // namespace

library::ProgramCall program_of(const workers::Task& task, json::Fields& fields) {
  library::ProgramCall call;
  call.argv = fields.strings("argv");
  if (call.argv.empty())
    fields.problem("argv", "argv must name a program and its arguments",
                   R"("argv": ["python3", "score.py"])");
  refuse_zero_bytes(call.argv, fields);
  call.environment = environment_of(task, fields);
  call.folder = workers::project_folder(task.connections) / fields.string("folder").value_or("");
  call.timeout = timeout_of(fields, std::chrono::minutes(5));
  if (const auto most = fields.integer("max_output_bytes", 1, most_output_bytes))
    call.max_output_bytes = static_cast<std::size_t>(*most);
  return call;
}

std::string run_to_success(const library::ProgramCall& call, workers::TaskContext& context) {
  auto end = library::run_program(call, [&] {
    if (context.stop_requested()) throw workers::Cancelled();
    context.heartbeat();
  });
  if (end.kind != library::ProgramEnd::Kind::exited || end.code != 0) fail(call, end);
  return std::move(end.output);
}

}  // namespace orch::tools
