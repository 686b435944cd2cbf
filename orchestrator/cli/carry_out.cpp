#include "orchestrator/cli/carry_out.h"

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/access.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/owner.h"
#include "orchestrator/store/owner_lock.h"
#include "orchestrator/store/sqlite_store.h"
#include "orchestrator/view/text.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

// How long an owner that answers nobody (it starts, or ends) is waited for.
constexpr std::chrono::seconds owner_patience{10};
constexpr Millis owner_retry{50};
// How long tasks at work may finish after Ctrl-C.
constexpr Millis drain_patience{10'000};
constexpr std::size_t most_announced = 10;

/// The store is ours, or the run is somebody else's.
struct Placed {
  std::unique_ptr<Owner> owner;
  std::string run;  ///< set when `owner` is null
};

// `own` makes this process the store's owner. When another one is, that is asked, and its answer
// returned.
std::optional<bj::object> own_or_ask(const Context& context, const std::function<void()>& own,
                                     const bj::object& there) {
  const auto give_up = std::chrono::steady_clock::now() + owner_patience;
  while (true) {
    try {
      own();
      return std::nullopt;
    } catch (const Error& error) {
      if (error.code() != "ORCH-0201" || interrupted()) throw;
      if (auto answer = ask_owner(context.settings.value("store"), there)) return answer;
      if (std::chrono::steady_clock::now() > give_up) throw;
    }
    std::this_thread::sleep_for(owner_retry);
  }
}

Placed place(const Context& context, const Wish& wish) {
  Placed placed;
  const auto own = [&] {
    stepfunctions::Options options;
    options.connections = connections_file(context.settings);
    options.access = access_policy(context.settings);
    placed.owner = std::make_unique<Owner>(context.settings.value("store"), context.command_line,
                                           context.settings.workers(),
                                           context.settings.value("bindings"), std::move(options));
  };
  if (const auto answer = own_or_ask(context, own, wish.there))
    placed.run = std::string(answer->at("run").as_string());
  return placed;
}

std::string owner_name(const Context& context) {
  return store::OwnerLock::owner(context.settings.value("store")).value_or("");
}

// The run that this process was started for rests; those of others go on with the next owner. The
// mark comes first: whatever ends this process now, nothing continues the run unasked.
int leave_paused(const Context& context, Owner& owner, RunReader& run) {
  owner.engine().pause(run.row().made.run_id);
  context.say("orch: stopping; tasks at work may finish (Ctrl-C again leaves at once)");
  owner.engine().drain(drain_patience);
  run.refresh();
  if (run.row().status != execution::Status::running) return show_end(context, run);
  show_paused(context, run.row());
  return Exit::interrupted;
}

// The runs that others handed over, and those that were continued, end before this process does.
bool wait_for_guests(const Context& context, Owner& owner) {
  std::size_t said = 0;
  while (!owner.close_if_no_guests()) {
    const auto guests = owner.guests();
    if (guests.size() != said && !guests.empty())
      context.say(
          fmt::format("orch: {} still under way here: {} (Ctrl-C leaves {} to the next orch)",
                      view::plural(static_cast<std::int64_t>(guests.size()), "run"),
                      fmt::join(guests, ", "), guests.size() == 1 ? "it" : "them"));
    said = guests.size();
    if (interrupted()) return false;
    owner.bell().wait(Millis{100});
  }
  return true;
}

void say_unfinished(const Context& context, Owner& owner) {
  for (const auto& name : owner.guests())
    context.say(
        fmt::format("orch: run {0} is not finished; the next orch continues it, or "
                    "`orch resume {0}`",
                    name));
}

int run_here(const Context& context, Owner& owner, const Wish& wish) {
  const auto id = wish.here(owner.engine());
  announce_continued(context, owner, id);
  const auto reader = store::open_as_reader(context.settings.value("store"));
  RunReader run(*reader, id);
  const auto end = follow(
      context, run, [&](Millis longest) { owner.bell().wait(longest); }, [] { return true; });
  if (end == FollowEnd::interrupted) {
    const int code = leave_paused(context, owner, run);
    say_unfinished(context, owner);
    return code;
  }
  const int code = end == FollowEnd::paused ? Exit::interrupted : show_end(context, run);
  if (end == FollowEnd::paused) show_paused(context, run.row());
  if (!wait_for_guests(context, owner)) owner.engine().drain(drain_patience);
  say_unfinished(context, owner);
  return code;
}

// Empty: the owner has gone before the run ended.
std::optional<int> run_there(const Context& context, const std::string& id) {
  const auto reader = store::open_as_reader(context.settings.value("store"));
  RunReader run(*reader, id);
  context.say(fmt::format("orch: {} runs it", owner_name(context)));
  const auto end = follow(
      context, run, [](Millis longest) { std::this_thread::sleep_for(longest); },
      [&] { return !owner_name(context).empty(); });
  if (end == FollowEnd::owner_gone) return std::nullopt;
  if (end == FollowEnd::ended) return show_end(context, run);
  if (end == FollowEnd::paused) {
    show_paused(context, run.row());
    return Exit::interrupted;
  }
  context.say(fmt::format("orch: run {} goes on without you; `orch resume {}` follows it again",
                          run.row().made.name, id));
  return Exit::interrupted;
}

}  // namespace

void announce_continued(const Context& context, const Owner& owner, const std::string& except) {
  std::int64_t more = 0;
  std::size_t said = 0;
  for (const auto& [run, interrupted_at] : owner.continued()) {
    if (run.made.run_id == except) continue;
    if (++said > most_announced) {
      ++more;
      continue;
    }
    context.say(fmt::format("orch: continuing run {}, interrupted at {} UTC", run.made.name,
                            view::instant_text(interrupted_at)));
  }
  if (more > 0)
    context.say(
        fmt::format("orch: and {} more; `orch status` lists them", view::plural(more, "run")));
}

int carry_out(const Context& context, Wish wish, Patience patience) {
  if (patience == Patience::hand_over) {
    const auto answer = ask_owner(context.settings.value("store"), wish.there);
    if (!answer)
      throw Error("ORCH-0008", "nobody owns the run store, so nobody would run it",
                  "leave --no-follow out to run it here, in the foreground");
    const std::string run(answer->at("run").as_string());
    if (context.json())
      print_document(context, {{"run", run}});
    else
      context.print(run + '\n');
    return Exit::ok;
  }
  catch_interrupts();
  while (true) {
    const auto placed = place(context, wish);
    if (placed.owner) return run_here(context, *placed.owner, wish);
    if (const auto code = run_there(context, placed.run)) return *code;
    context.say("orch: the process that ran it has ended; going on here");
    // What was asked for is committed: only the run itself is left to be carried on.
    wish.here = [run = placed.run](engine::Engine&) { return run; };
    wish.there = {{"op", "follow"}, {"run", placed.run}};
  }
}

void carry_out_briefly(const Context& context, const std::function<void(store::Store&)>& here,
                       const bj::object& there) {
  std::unique_ptr<store::Store> store;
  const auto own = [&] {
    store = store::open_as_owner(context.settings.value("store"), context.command_line);
  };
  if (!own_or_ask(context, own, there)) here(*store);
}

}  // namespace orch::cli
