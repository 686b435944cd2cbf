#include "tests/publishing/scenario.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"
#include "tests/publishing/paused_source.h"
#include "tests/support/replication.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_folder.h"
#include "workers/catalog/catalog.h"
#include "workers/replication/evidence_check.h"
#include "workers/replication/steps.h"
#include "workers/sqlite/sqlite.h"

namespace orch::test {
namespace {

namespace bj = boost::json;

constexpr std::chrono::seconds longest_wait{20};

std::string text(const bj::object& step, const char* member) {
  const auto* value = step.if_contains(member);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// The SQL of `member`, which is a text for all targets or an object with one for each.
std::string sql_of(const bj::object& step, const char* member, const TargetKind& kind) {
  const auto* value = step.if_contains(member);
  const auto* dialects = value ? value->if_object() : nullptr;
  return dialects ? text(*dialects, kind.name.c_str()) : text(step, member);
}

std::vector<std::string> texts(const bj::value& array) {
  std::vector<std::string> out;
  for (const auto& item : array.as_array()) out.emplace_back(item.as_string());
  return out;
}

/// What a step of the product came to.
struct Outcome {
  bj::object answer;
  std::string error;  ///< empty: it succeeded
  std::string code;
  std::string message;
};

std::string code_in(const std::string& cause) {
  const auto value = json::parse(cause);
  const auto* code = value.is_object() ? value.get_object().if_contains("code") : nullptr;
  return code ? std::string(code->as_string()) : std::string();
}

Outcome outcome_of(const std::function<bj::object()>& work) {
  try {
    return {work(), "", "", ""};
  } catch (const workers::TaskFailed& failure) {
    return {{}, failure.error(), code_in(failure.cause()), failure.what()};
  }
}

/// A run with connections of its own.
struct Run {
  std::unique_ptr<PausedSource> source;
  std::unique_ptr<data::Target> target;
  RecordingContext context;
  bj::object load;  ///< what its last stage said
  std::future<Outcome> background;
};

class Scenario {
 public:
  Scenario(const bj::object& one, const TargetKind& kind)
      : one_(one), kind_(kind), target_(kind.make()) {
    run_sql(source_file_, text(one, "source"));
    if (const auto sql = sql_of(one, "target", kind); !sql.empty()) target_->session()->run(sql);
  }
  Scenario(const Scenario&) = delete;
  Scenario& operator=(const Scenario&) = delete;
  ~Scenario() {
    // A problem may have left a thread waiting for a step that no longer comes.
    for (auto& [name, run] : runs_) {
      run.context.stop = true;
      if (run.source) run.source->release();
    }
    sessions_.clear();
  }

  std::vector<std::string> play() {
    for (const auto& value : one_.at("steps").as_array()) {
      ++number_;
      step_ = &value.as_object();
      if (!able(kind_, *step_)) continue;
      try {
        take();
      } catch (const std::exception& error) {
        problem(error.what());
        break;
      }
    }
    return std::move(problems_);
  }

 private:
  void problem(const std::string& what) {
    problems_.push_back(fmt::format("step {} {}: {}", number_, json::write(*step_), what));
  }

  void take() {
    const auto& step = *step_;
    if (step.contains("load")) return product("load");
    if (step.contains("stage")) return product("stage");
    if (step.contains("verify")) return product("verify");
    if (step.contains("merge")) return product("merge");
    if (step.contains("release")) return end_of_background("release");
    if (step.contains("join")) return end_of_background("join");
    if (step.contains("source")) return run_sql(source_file_, text(step, "source"));
    if (step.contains("target")) return statement();
    if (step.contains("until")) return wait_until();
    if (step.contains("of")) return expect_rows(sql_of(step, "of", kind_));
    if (step.contains("evidence")) return expect_evidence();
    if (step.contains("books")) return expect_books();
    if (step.contains("clean")) return clean();
    if (step.contains("compare")) return compare();
    throw std::logic_error("a step of no kind");
  }

  void statement() {
    const auto sql = sql_of(*step_, "target", kind_);
    if (sql.empty()) return;  // nothing to do at this target
    const auto name = text(*step_, "session");
    if (name.empty())
      target_->session()->run(sql);
    else
      session(name).run(sql);
  }

  ExamSession& session(const std::string& name) {
    auto& session = sessions_[name];
    if (!session) session = target_->session();
    return *session;
  }

  void expect_rows(const std::string& query) {
    const auto found = target_->session()->run(query);
    const auto wanted = texts(step_->at("rows"));
    if (found != wanted)
      problem(fmt::format("found [{}], expected [{}]", fmt::join(found, ", "),
                          fmt::join(wanted, ", ")));
  }

  void expect_evidence() {
    const auto found = target_->session()->run("SELECT count(*) FROM " + kind_.evidence).at(0);
    const auto wanted = std::to_string(step_->at("evidence").as_int64());
    if (found != wanted) problem(fmt::format("found {} rows of evidence", found));
  }

  data::TableBooks books(data::Target& target) {
    const auto tables = target.tables_with_books();
    if (tables.size() != 1) problem(fmt::format("{} tables have books", tables.size()));
    return target.books(entry().target);
  }

  void expect_books() {
    const auto& wanted = step_->at("books").as_object();
    const auto target = target_->open();
    const auto found = books(*target);
    const auto run = found.staged ? found.staged->run : "";
    const auto abandoned = static_cast<std::int64_t>(found.abandoned.size());
    if (run != text(wanted, "staged") || abandoned != wanted.at("abandoned").as_int64())
      problem(fmt::format("found the staged load of \"{}\" and [{}]", run,
                          fmt::join(found.abandoned, ", ")));
  }

  void clean() {
    const auto target = target_->open();
    const bool removed = target->remove_staged(books(*target));
    if (removed != step_->at("clean").as_bool()) problem(removed ? "removed" : "not removed");
  }

  void compare() {
    using Result = replication::EvidenceCheck::Result;
    static const std::map<Result, std::string> names{{Result::never_published, "never published"},
                                                     {Result::equal, "equal"},
                                                     {Result::gone, "gone"},
                                                     {Result::count, "count"},
                                                     {Result::digest, "digest"},
                                                     {Result::unlike, "unlike"}};
    const bool digest = text(*step_, "depth") == "digest";
    const auto target = target_->open();
    const auto found = replication::check_evidence(
        *target, entry().target, digest ? replication::Depth::digest : replication::Depth::count,
        [] { return false; });
    const auto* rows = step_->if_contains("rows");
    if (names.at(found.result) != text(*step_, "compare") || (rows && *rows != found.found.rows))
      problem(fmt::format("found {} with {} rows", names.at(found.result), found.found.rows));
  }

  void wait_until() {
    const auto query = sql_of(*step_, "until", kind_);
    if (query.empty()) return;
    const auto wanted = texts(step_->at("rows"));
    const auto watcher = target_->session();
    const auto end = std::chrono::steady_clock::now() + longest_wait;
    std::vector<std::string> found;
    while ((found = watcher->run(query)) != wanted && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (found != wanted) problem(fmt::format("waited in vain: [{}]", fmt::join(found, ", ")));
  }

  Run& run_named(const std::string& name) {
    auto& run = runs_[name];
    if (!run.source) {
      run.target = target_->open();
      run.source = std::make_unique<PausedSource>(sqlite::open_source(source_file_, "from"));
    }
    return run;
  }

  /// The catalog entry of the case, with the members that the step gives.
  catalog::Entry entry() const {
    bj::object members{{"source", {{"table", "t"}}}};
    for (const auto* more : {one_.if_contains("entry"), step_->if_contains("entry")})
      for (const auto& member : more ? more->as_object() : bj::object())
        members[member.key()] = member.value();
    const bj::object document{
        {"version", 1},
        {"defaults", {{"source", {{"connection", "from"}}}, {"target", {{"connection", "to"}}}}},
        {"tables", bj::array{members}}};
    return catalog::parse_catalog(document, "exam").entries.at(0);
  }

  workers::Task task(const std::string& run) {
    const auto* fence = step_->if_contains("fence");
    auto task = task_of(fence ? fence->as_int64() : next_fence_++);
    next_fence_ = std::max(next_fence_, task.fence + 1);
    task.run = task.run_name = run.empty() ? "run" : run;
    if (const auto store = text(*step_, "store"); !store.empty()) task.store = store;
    return task;
  }

  bj::object perform(const std::string& what, Run& run, const workers::Task& task,
                     const catalog::Entry& entry) {
    const replication::Work work{task, run.context, entry};
    if (what == "stage") return run.load = replication::stage(work, *run.source, *run.target);
    if (what == "verify") return replication::verify(work, *run.target, run.load);
    return replication::merge(work, *run.target, run.load);
  }

  void product(const char* what) {
    const auto name = text(*step_, what);
    auto& run = run_named(name);
    const auto catalog_entry = entry();
    std::vector<std::pair<std::string, workers::Task>> tasks;
    for (const std::string each : {"stage", "verify", "merge"})
      if (std::string_view(what) == "load" || each == what) tasks.emplace_back(each, task(name));
    const auto work = [this, &run, tasks, catalog_entry] {
      bj::object answer;
      for (const auto& [each, delivery] : tasks)
        answer = perform(each, run, delivery, catalog_entry);
      return answer;
    };
    const bool pause = step_->contains("pause");
    if (!pause && text(*step_, "in") != "background") return expect(outcome_of(work));
    if (pause) run.source->pause();
    run.background = std::async(std::launch::async, [work] { return outcome_of(work); });
    if (pause && !run.source->wait_until_paused(longest_wait)) problem("it did not come to pause");
  }

  void end_of_background(const char* what) {
    auto& run = runs_.at(text(*step_, what));
    run.source->release();
    expect(run.background.get());
  }

  /// The error that a step expects, one of several, or none.
  bool expects(const std::string& error) const {
    const auto* wanted = step_->if_contains("error");
    if (!wanted) return error.empty();
    if (wanted->is_string()) return error == wanted->get_string();
    const auto any = texts(*wanted);
    return std::find(any.begin(), any.end(), error) != any.end();
  }

  void expect(const Outcome& outcome) {
    if (!expects(outcome.error)) {
      problem(outcome.error.empty() ? "it succeeded: " + json::write(outcome.answer)
                                    : fmt::format("failed with {} ({}): {}", outcome.error,
                                                  outcome.code, outcome.message));
      return;
    }
    if (const auto code = text(*step_, "code"); !code.empty() && code != outcome.code)
      problem(fmt::format("found code {}: {}", outcome.code, outcome.message));
    if (const auto* says = step_->if_contains("says"))
      for (const auto& part : texts(*says))
        if (outcome.message.find(part) == std::string::npos)
          problem(fmt::format("no \"{}\" in the message: {}", part, outcome.message));
    if (const auto* answers = step_->if_contains("answers"))
      for (const auto& member : answers->as_object()) {
        const auto* found = outcome.answer.if_contains(member.key());
        if (!found || *found != member.value())
          return problem("it answered " + json::write(outcome.answer));
      }
  }

  const bj::object& one_;
  const TargetKind& kind_;
  TempFolder folder_;
  std::filesystem::path source_file_ = folder_ / "source.db";
  std::unique_ptr<ExamTarget> target_;
  std::map<std::string, std::unique_ptr<ExamSession>> sessions_;
  std::int64_t next_fence_ = 1;
  std::size_t number_ = 0;
  const bj::object* step_ = nullptr;
  std::vector<std::string> problems_;
  std::map<std::string, Run> runs_;  // first to go: they use the target
};

}  // namespace

bool able(const TargetKind& kind, const bj::object& one) {
  // What says SQL for the target needs one that others write to.
  const auto* steps = one.if_contains("steps");
  const auto runs = [](const bj::value& step) { return step.as_object().contains("target"); };
  const bool writes =
      one.contains("target") || (steps && std::ranges::any_of(steps->as_array(), runs));
  if (writes && !kind.capabilities.contains("statements")) return false;
  const auto* needs = one.if_contains("needs");
  if (!needs) return true;
  const auto wanted = texts(*needs);
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const std::string& need) { return kind.capabilities.contains(need); });
}

std::vector<std::string> play(const bj::object& one, const TargetKind& kind) {
  try {
    return Scenario(one, kind).play();
  } catch (const std::exception& error) {
    return {std::string("the case could not begin: ") + error.what()};
  }
}

}  // namespace orch::test
