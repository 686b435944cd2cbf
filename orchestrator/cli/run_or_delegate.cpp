#include "orchestrator/cli/run_or_delegate.h"

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/access.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/limits.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/host/own_or_ask.h"
#include "orchestrator/host/owner.h"
#include "orchestrator/store/open.h"

namespace orch::cli {
namespace {

// How long tasks at work may finish after Ctrl-C.
constexpr Millis drain_patience{10'000};
constexpr std::size_t most_announced = 10;

std::string store_of(const Context& context) { return context.settings.value("store"); }

/// What the socket of the store's owner is named after.
std::filesystem::path files_of(const Context& context) {
  return store::files_of(store_of(context));
}

/// This process owns the store, or another one has accepted the request.
struct Placed {
  std::unique_ptr<host::Owner> owner;
  host::Accepted accepted;  ///< when `owner` is null
};

Placed place(const Context& context, const host::Request& request) {
  Placed placed;
  const auto own = [&] {
    stepfunctions::Options options;
    options.connections = connections_file(context.settings);
    options.access = access_policy(context.settings);
    placed.owner = std::make_unique<host::Owner>(
        store_of(context), context.command_line, context.settings.workers(),
        context.settings.value("bindings"), std::move(options), limits_of(context.settings));
  };
  if (auto accepted = host::own_or_ask(files_of(context), own, request, interrupted))
    placed.accepted = std::move(*accepted);
  return placed;
}

std::string owner_name(const Context& context) {
  return store::owner_of(context.settings.value("store")).value_or("");
}

// The run that this process was started for rests; those of others continue with the next owner.
// The mark comes first: whatever ends this process now, nothing continues the run unasked.
int leave_paused(const Context& context, host::Owner& owner, RunReader& run) {
  owner.engine().pause(run.row().made.run_id);
  context.say("orch: stopping; tasks at work may finish (Ctrl-C again leaves at once)");
  owner.engine().drain(drain_patience);
  run.refresh();
  if (run.row().status != execution::Status::running) return show_end(context, run);
  show_paused(context, run.row());
  return Exit::interrupted;
}

// The runs that others handed over, and those that were continued, end before this process does.
bool wait_for_delegated(const Context& context, host::Owner& owner) {
  std::size_t said = 0;
  while (!owner.close_if_none_delegated()) {
    const auto names = owner.delegated();
    if (names.size() != said && !names.empty())
      context.say(
          fmt::format("orch: {} still under way here: {} (Ctrl-C leaves {} to the next orch)",
                      render::plural(static_cast<std::int64_t>(names.size()), "run"),
                      fmt::join(names, ", "), names.size() == 1 ? "it" : "them"));
    said = names.size();
    if (interrupted()) return false;
    owner.wait_for_an_end(Millis{100});
  }
  return true;
}

void say_unfinished(const Context& context, host::Owner& owner) {
  for (const auto& name : owner.delegated())
    context.say(
        fmt::format("orch: run {0} is not finished; the next orch continues it, or "
                    "`orch resume {0}`",
                    name));
}

int run_here(const Context& context, host::Owner& owner, const host::Request& request) {
  const auto [id, existed] = owner.accept(request);
  if (existed)
    context.say(
        fmt::format("orch: run {} exists already: the same name, input and definition", id));
  announce_continued(context, owner, id);
  const auto reader = store::open_as_reader(context.settings.value("store"));
  const auto news = owner.feed().subscribe({.run = id});
  RunReader run(*reader, id);
  const auto bring = [&](Millis longest) {
    news->wait(longest);
    run.apply(news->read());
  };
  const auto end = follow(context, run, bring, [&] {
    run.refresh();  // its row may have changed without an event
    return true;
  });
  if (end == FollowEnd::interrupted) {
    const int code = leave_paused(context, owner, run);
    say_unfinished(context, owner);
    return code;
  }
  const int code = end == FollowEnd::paused ? Exit::interrupted : show_end(context, run);
  if (end == FollowEnd::paused) show_paused(context, run.row());
  if (!wait_for_delegated(context, owner)) owner.engine().drain(drain_patience);
  say_unfinished(context, owner);
  return code;
}

// Empty: the owner has gone before the run ended.
std::optional<int> run_there(const Context& context, const std::string& id) {
  const auto reader = store::open_as_reader(context.settings.value("store"));
  RunReader run(*reader, id);
  context.say(fmt::format("orch: {} runs it", owner_name(context)));
  const auto bring = [&](Millis longest) {
    std::this_thread::sleep_for(longest);
    run.refresh();
  };
  const auto end = follow(context, run, bring, [&] { return !owner_name(context).empty(); });
  if (end == FollowEnd::owner_gone) return std::nullopt;
  if (end == FollowEnd::ended) return show_end(context, run);
  if (end == FollowEnd::paused) {
    show_paused(context, run.row());
    return Exit::interrupted;
  }
  context.say(fmt::format("orch: run {} continues in {}; `orch resume {}` follows it again",
                          run.row().made.name, owner_name(context), id));
  return Exit::interrupted;
}

}  // namespace

void announce_continued(const Context& context, const host::Owner& owner,
                        const std::string& except) {
  std::int64_t more = 0;
  std::size_t said = 0;
  for (const auto& [run, interrupted_at] : owner.continued()) {
    if (run.made.run_id == except) continue;
    if (++said > most_announced) {
      ++more;
      continue;
    }
    context.say(fmt::format("orch: continuing run {}, interrupted at {}", run.made.name,
                            render::instant_text(interrupted_at, context.err.look.utc)));
  }
  if (more > 0)
    context.say(
        fmt::format("orch: and {} more; `orch status` lists them", render::plural(more, "run")));
}

int run_or_delegate(const Context& context, host::Request request) {
  catch_interrupts();
  while (true) {
    const auto placed = place(context, request);
    if (placed.owner) return run_here(context, *placed.owner, request);
    if (const auto code = run_there(context, placed.accepted.run)) return *code;
    context.say("orch: the process that ran it has ended; continuing here");
    // The request is committed: only its run is left to be continued.
    request = host::Follow{placed.accepted.run};
  }
}

int delegate(const Context& context, const host::Request& request) {
  const auto accepted = host::ask(files_of(context), request);
  if (!accepted)
    throw Error("ORCH-0008", "no running orch owns the store",
                "leave --no-follow out to run it here, in the foreground");
  if (context.json())
    print_document(context, {{"run", accepted->run}});
  else
    context.print(accepted->run + '\n');
  return Exit::ok;
}

void do_or_delegate(const Context& context, const std::function<void(store::Store&)>& here,
                    const host::Request& request) {
  std::unique_ptr<store::Store> store;
  const auto own = [&] { store = store::open_as_owner(store_of(context), context.command_line); };
  if (!host::own_or_ask(files_of(context), own, request, interrupted)) here(*store);
}

}  // namespace orch::cli
