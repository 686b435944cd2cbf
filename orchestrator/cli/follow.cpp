#include "orchestrator/cli/follow.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/pretty.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/json/text.h"
#include "orchestrator/view/document.h"
#include "orchestrator/view/relations.h"

namespace orch::cli {
namespace {

constexpr Millis redraw_interval{100};
constexpr Millis owner_check_interval{1'000};

std::atomic<int> interrupts = 0;

void on_interrupt(int) {
  if (interrupts.fetch_add(1) > 0) ::_exit(Exit::interrupted);
}

}  // namespace

RunReader::RunReader(store::Store& store, const std::string& run)
    : store_(store), redactors_(store), row_(store.find(run)) {
  refresh();
}

store::ExecutionRow RunReader::hidden(store::ExecutionRow row) {
  const auto* redactor = redactors_.of(row);
  return redactor ? redactor->hide(std::move(row)) : std::move(row);
}

void RunReader::refresh() {
  // The row first: when it says ended, all events are there.
  row_ = hidden(store_.find(row_.made.run_id));
  const auto* redactor = redactors_.of(row_);
  store_.history(row_.id, projection_.last_event(), [&](const execution::Event& event) {
    projection_.add(redactor ? redactor->hide(event) : event);
  });
  waiting_ = view::waiting_for(store_, row_);
  progress_.clear();
  task_waits_.clear();
  held_.reset();
  if (row_.status != execution::Status::running) return;
  progress_ = store_.progress(row_.id);
  task_waits_ = view::task_waits(store_, row_);
  held_ = view::hold_of(store_, row_, wall_now());
}

void RunReader::apply(const engine::FeedBatch& batch) {
  // The store is asked once, however many of the news need it.
  bool asks = batch.missed;
  for (const auto& news : batch.news) {
    if (const auto* committed = std::get_if<engine::Committed>(&news.what))
      asks = !apply(*committed) || asks;
    else
      apply(std::get<engine::TaskProgress>(news.what));
  }
  if (asks || row_.status != execution::Status::running) refresh();
}

// False: only the store has what is new, for the row alone has changed, or events are missing; and
// what is to be hidden is known from there.
bool RunReader::apply(const engine::Committed& committed) {
  const auto& events = committed.events;
  if (events.empty() || redactors_.of(row_)) return false;
  if (events.back().id <= projection_.last_event()) return true;
  if (events.front().id > projection_.last_event() + 1) return false;
  for (const auto& event : events)
    if (event.id > projection_.last_event()) projection_.add(event);
  row_.status = committed.row.status;
  row_.redrive_count = committed.row.redrive_count;
  return true;
}

// The latest of each task; of those that are over there is none to show.
void RunReader::apply(const engine::TaskProgress& reported) {
  const auto& progress = reported.progress;
  const auto at = std::ranges::find(progress_, reported.ticket, &store::ProgressRow::ticket);
  auto& row = at == progress_.end() ? progress_.emplace_back() : *at;
  row = {reported.ticket, progress.key,           progress.phase, progress.rows,
         progress.bytes,  progress.expected_rows, wall_now()};
}

view::RunView RunReader::view(const std::string& owner) const {
  view::RunView view{row_, projection_.overview(), progress_, wall_now(), owner, waiting_};
  view.task_waits = task_waits_;
  view.held = held_;
  return view;
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return interrupts.load() > 0; }

FollowEnd follow(const Context& context, RunReader& run, const std::function<void(Millis)>& bring,
                 const std::function<bool()>& going_on) {
  LiveArea area(context.err);
  render::Ticker ticker;
  auto next_check = std::chrono::steady_clock::now() + owner_check_interval;
  const auto show = [&] {
    if (context.quiet) return;
    const auto view = run.view("");
    if (context.err.terminal) {
      auto look = context.err.look;
      look.width = context.err.width();
      area.draw(render::picture(view, look, context.err.height() - 1));
    } else {
      for (const auto& line : ticker.news(view, context.err.look)) context.say(line);
    }
  };
  while (true) {
    show();
    if (run.row().status != execution::Status::running) break;
    if (run.row().paused_at) return FollowEnd::paused;
    if (interrupted()) return FollowEnd::interrupted;
    if (std::chrono::steady_clock::now() >= next_check) {
      if (!going_on()) return FollowEnd::owner_gone;
      next_check = std::chrono::steady_clock::now() + owner_check_interval;
    }
    bring(redraw_interval);
  }
  area.clear();
  return FollowEnd::ended;
}

void show_paused(const Context& context, const store::ExecutionRow& row) {
  const auto& made = row.made;
  context.complain(
      fmt::format("orch: run {0} is paused; nothing is lost, and nothing continues it but\n"
                  "  orch resume {1}   continues it\n"
                  "  orch stop {1}     ends it\n",
                  one_line(made.name), made.run_id));
}

namespace {

// Tables are what a replication says to people; the result of any other run is its output.
void show_result(const Context& context, const view::RunView& view) {
  const auto& row = view.row;
  const bool good = row.status == execution::Status::succeeded;
  if (context.quiet) {
    if (!good) context.complain(render::end_page(view, context.err.look));
  } else if (context.json()) {
    print_document(context, view::run_document(view));
  } else if (!view.overview.tables.empty()) {
    context.print(render::end_page(view, context.out.look));
  } else {
    if (row.output) context.print_json(render::pretty(json::parse(*row.output)));
    context.complain(render::end_page(view, context.err.look));
  }
}

}  // namespace

int show_end(const Context& context, const RunReader& run) {
  show_result(context, run.view(""));
  switch (run.row().status) {
    case execution::Status::succeeded:
      return Exit::ok;
    case execution::Status::failed:
    case execution::Status::timed_out:
      return Exit::run_failed;
    default:
      return Exit::interrupted;
  }
}

}  // namespace orch::cli
