// The table of commands: help, man page, completion and parsing all come from it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "orchestrator/base/utf8.h"
#include "orchestrator/cli/arguments.h"
#include "orchestrator/cli/settings.h"
#include "orchestrator/cli/terminal.h"

namespace orch::cli {

/// Exit codes, documented in the man page; scripts rely on them.
struct Exit {
  static constexpr int ok = 0;
  static constexpr int failure = 1;     ///< an error; the message says what to do
  static constexpr int usage = 2;       ///< the command line is wrong
  static constexpr int run_failed = 3;  ///< the run failed or timed out
  static constexpr int interrupted =
      4;  ///< the run was stopped, or this process; it can be resumed
};

/// What every command gets.
struct Context {
  Settings settings;
  Stream out;
  Stream err;
  std::string command_line;  ///< for other processes: "orch submit replicate"
  bool quiet = false;        ///< nothing is said but what went wrong

  bool json() const { return settings.value("output") != "table"; }
  bool lines() const { return settings.value("output") == "jsonl"; }
  /// Pages and pictures: to standard output, as screen_text().
  void print(const std::string& page) const { write_all(out.file, render::screen_text(page)); }
  /// JSON text, see json_line(): to standard output.
  void print_json(const std::string& text) const { write_all(out.file, text); }
  /// Talk: a line to standard error, as one_line().
  void say(const std::string& line) const {
    if (!quiet) complain(one_line(line) + '\n');
  }
  /// Said even where the rest is not: a page, to standard error, as screen_text().
  void complain(const std::string& page) const { write_all(err.file, render::screen_text(page)); }
};

using Action = std::function<int(Context&)>;

struct Command {
  std::string_view name;      ///< "submit", or "catalog show" for one of a group
  std::string_view summary;   ///< one line
  std::string_view about;     ///< paragraphs for help and man page; may be empty
  std::string_view examples;  ///< lines "orch …"; may be empty
  /// Declares arguments and options and returns what runs once they are parsed.
  Action (*declare)(Arguments& app);
};

/// All commands in the order of the help.
std::span<const Command> commands();

/// The program: parses, runs, prints errors; returns the exit code.
int run(int argc, const char* const* argv);

// One function a command; the files are named after what they deal with.
Action declare_submit(Arguments& app);
Action declare_resume(Arguments& app);
Action declare_stop(Arguments& app);
Action declare_redo(Arguments& app);
Action declare_hold(Arguments& app);
Action declare_release(Arguments& app);
Action declare_limits(Arguments& app);
Action declare_status(Arguments& app);
Action declare_history(Arguments& app);
Action declare_tables(Arguments& app);
Action declare_report(Arguments& app);
Action declare_validate(Arguments& app);
Action declare_graph(Arguments& app);
Action declare_catalog_discover(Arguments& app);
Action declare_catalog_validate(Arguments& app);
Action declare_catalog_show(Arguments& app);
Action declare_catalog_files(Arguments& app);
Action declare_catalog_refresh(Arguments& app);
Action declare_project_init(Arguments& app);
Action declare_project_check(Arguments& app);
Action declare_deploy(Arguments& app);
Action declare_rollback(Arguments& app);
Action declare_replicate(Arguments& app);
Action declare_connection_test(Arguments& app);
Action declare_connection_history(Arguments& app);
Action declare_plan(Arguments& app);
Action declare_schedule_preview(Arguments& app);
Action declare_pipelines(Arguments& app);
Action declare_pipeline_show(Arguments& app);
Action declare_pipeline_fires(Arguments& app);
Action declare_pipeline_run(Arguments& app);
Action declare_pipeline_pause(Arguments& app);
Action declare_pipeline_resume(Arguments& app);
Action declare_pipeline_backfill(Arguments& app);
Action declare_doctor(Arguments& app);
Action declare_bundle(Arguments& app);
Action declare_backup(Arguments& app);
Action declare_restore(Arguments& app);
Action declare_retention(Arguments& app);
Action declare_reconcile(Arguments& app);
Action declare_eval(Arguments& app);
Action declare_serve(Arguments& app);
Action declare_api(Arguments& app);
Action declare_token_add(Arguments& app);
Action declare_token_list(Arguments& app);
Action declare_token_remove(Arguments& app);
Action declare_audit(Arguments& app);
Action declare_work(Arguments& app);
Action declare_config(Arguments& app);
Action declare_explain(Arguments& app);
Action declare_completion(Arguments& app);
Action declare_man(Arguments& app);
Action declare_help(Arguments& app);
Action declare_version(Arguments& app);

}  // namespace orch::cli
