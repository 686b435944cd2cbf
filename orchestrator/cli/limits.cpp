// hold, release, limits, connection history: who waits for what, and holding things back.
#include "orchestrator/cli/limits.h"

#include <charconv>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/when.h"
#include "orchestrator/host/operations.h"
#include "orchestrator/json/members.h"
#include "orchestrator/schedule/interval.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

constexpr std::int64_t most = 10'000;

struct HoldOptions {
  std::string connection, run, pipeline;
  bool server = false;
  std::string mode = "drain";
  std::string until, reason, by;
};

struct OutageOptions {
  std::string connection;
  std::int64_t limit = 50;
};

bj::object subject_of(const HoldOptions& options) {
  bj::object parameters;
  if (!options.connection.empty()) parameters["connection"] = options.connection;
  if (!options.run.empty()) parameters["run"] = options.run;
  if (!options.pipeline.empty()) parameters["pipeline"] = options.pipeline;
  if (options.server) parameters["server"] = true;
  return parameters;
}

// "2h" is from now on here, and a time of the day that has passed is tomorrow's.
Instant until_of(const std::string& text, Instant now, bool utc) {
  try {
    return now + schedule::parse_duration(text);
  } catch (const Error&) {
    const auto until = parse_when("--until", text, now, utc);
    const bool time_of_day = text.find('-') == text.npos && text.find(':') != text.npos;
    return until <= now && time_of_day ? until + std::chrono::hours(24) : until;
  }
}

std::string user() {
  for (const auto* variable : {"USER", "LOGNAME"})
    if (const char* name = std::getenv(variable)) return name;
  return {};
}

bj::object perform(const Context& context, const char* operation, const bj::object& parameters) {
  return host::perform(context.settings.value("store"), operation, parameters,
                       context.command_line);
}

std::string time_text(const bj::value& document, const char* member, const render::Look& look) {
  const auto at = from_iso(json::text_member(document, member));
  return at ? render::instant_text(*at, look.utc) : std::string();
}

std::string number_text(const bj::object& object, const char* member) {
  const auto* value = object.if_contains(member);
  return value && value->is_int64() ? std::to_string(value->get_int64()) : std::string();
}

int hold(const Context& context, const HoldOptions& options) {
  auto parameters = subject_of(options);
  parameters["mode"] = options.mode;
  if (!options.reason.empty()) parameters["reason"] = options.reason;
  parameters["by"] = options.by.empty() ? user() : options.by;
  if (!options.until.empty())
    parameters["until"] = to_iso(until_of(options.until, wall_now(), context.out.look.utc));
  const auto made = perform(context, "holds.add", parameters);
  if (context.json()) {
    print_document(context, made);
    return Exit::ok;
  }
  const auto until = time_text(made, "until", context.out.look);
  context.say(fmt::format("orch: {} is held{}", json::text_member(made, "subject"),
                          until.empty() ? ", until it is released" : " until " + until));
  return Exit::ok;
}

int release(const Context& context, const HoldOptions& options) {
  const auto made = perform(context, "holds.remove", subject_of(options));
  if (context.json())
    print_document(context, made);
  else
    context.say(fmt::format("orch: {} is released", json::text_member(made, "subject")));
  return Exit::ok;
}

void print_holds(const Context& context, const bj::array& holds) {
  render::Grid grid({{"HELD"}, {"MODE"}, {"SINCE"}, {"UNTIL"}, {"BY"}, {"REASON", false, true}});
  for (const auto& hold : holds)
    grid.add({json::text_member(hold, "subject"), json::text_member(hold, "mode"),
              time_text(hold, "since", context.out.look),
              time_text(hold, "until", context.out.look), json::text_member(hold, "by"),
              json::text_member(hold, "reason")});
  if (!holds.empty()) context.print(grid.text(context.out.look) + '\n');
}

void print_slots(const Context& context, const bj::array& slots) {
  render::Grid grid(
      {{"SLOTS"}, {"HELD", true}, {"OF", true}, {"WAITING", true}, {"HOLDERS", false, true}});
  for (const auto& each : slots) {
    const auto& slot = each.as_object();
    std::string holders;
    for (const auto& holder : slot.at("holders").as_array())
      holders += (holders.empty() ? "" : ", ") + json::text_member(holder, "name");
    grid.add({json::text_member(slot, "label"), number_text(slot, "held"),
              number_text(slot, "at_once"), number_text(slot, "waiting"), holders});
  }
  if (!slots.empty()) context.print(grid.text(context.out.look) + '\n');
}

void print_waiting(const Context& context, const bj::array& waiting) {
  render::Grid grid({{"WAITS"}, {"TASKS", true}, {"SINCE"}, {"FOR", false, true}});
  for (const auto& wait : waiting)
    grid.add({json::text_member(wait, "name"), number_text(wait.as_object(), "tasks"),
              time_text(wait, "since", context.out.look), json::text_member(wait, "for")});
  if (!waiting.empty()) context.print(grid.text(context.out.look));
}

int show_limits(const Context& context) {
  const auto found = perform(context, "limits.list", {});
  if (context.json()) {
    print_document(context, found);
    return Exit::ok;
  }
  const auto& holds = found.at("holds").as_array();
  const auto& slots = found.at("slots").as_array();
  const auto& waiting = found.at("waiting").as_array();
  print_holds(context, holds);
  print_slots(context, slots);
  print_waiting(context, waiting);
  if (holds.empty() && slots.empty() && waiting.empty())
    context.say("orch: nothing is held back, no slot is in use");
  return Exit::ok;
}

int show_outages(const Context& context, const OutageOptions& options) {
  bj::object parameters{{"limit", options.limit}};
  if (!options.connection.empty()) parameters["connection"] = options.connection;
  const auto found = perform(context, "connections.history", parameters);
  const auto& outages = found.at("outages").as_array();
  if (outages.empty()) context.say("orch: no task has found a connection down");
  if (context.json()) {
    print_documents(context, outages);
    return Exit::ok;
  }
  render::Grid grid(
      {{"CONNECTION"}, {"DOWN SINCE"}, {"UP AGAIN"}, {"SECONDS", true}, {"REASON", false, true}});
  for (const auto& outage : outages) {
    const auto until = time_text(outage, "until", context.out.look);
    grid.add({json::text_member(outage, "connection"), time_text(outage, "since", context.out.look),
              until.empty() ? render::Cell("not yet", render::Tone::bad) : render::Cell(until),
              number_text(outage.as_object(), "seconds"), json::text_member(outage, "reason")});
  }
  if (!outages.empty()) context.print(grid.text(context.out.look));
  return Exit::ok;
}

void add_subject(Arguments& app, HoldOptions& options) {
  app.add_option("connection", options.connection, "a connection, by its name in connections files")
      ->type_name("CONNECTION");
  app.add_option("--run", options.run, "a run, as `orch status` names it")->type_name("RUN");
  app.add_option("--pipeline", options.pipeline, "all runs of a pipeline")->type_name("NAME");
  app.add_flag("--server", options.server, "everything");
}

}  // namespace

engine::Limits limits_of(const Settings& settings) {
  engine::Limits limits;
  for (const auto& word : settings.list("limit")) {
    const auto equals = word.rfind('=');
    const auto name = word.substr(0, equals);
    const auto digits = equals == word.npos ? std::string() : word.substr(equals + 1);
    std::int64_t count = 0;
    const auto [stop, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), count);
    const bool is_tag = name.starts_with("tag:") && name.size() > 4;
    if (digits.empty() || failed != std::errc{} || *stop != '\0' || count < 1 || count > most ||
        !(is_tag || name == "runs"))
      throw Error("ORCH-0001",
                  fmt::format("limit (from {}) has \"{}\"", settings.get("limit").origin, word),
                  "for example runs=4 or tag:heavy=2");
    if (is_tag)
      limits.tags[name.substr(4)] = count;
    else
      limits.runs = count;
  }
  return limits;
}

Action declare_hold(Arguments& app) {
  const auto options = std::make_shared<HoldOptions>();
  add_subject(app, *options);
  app.add_option("--until", options->until,
                 "when it ends by itself: 2h from now, 06:00, or a date with a time")
      ->type_name("TIME");
  app.add_option("--reason", options->reason, "why, for those who wait")->type_name("TEXT");
  app.add_option("--by", options->by, "who holds it; default the user")->type_name("NAME");
  app.add_option("--mode", options->mode,
                 "drain: running tasks end, no new one begins (default); pause: running tasks are "
                 "stopped and repeated later; finish: runs that have begun continue to their end")
      ->type_name("MODE");
  return [options](Context& context) { return hold(context, *options); };
}

Action declare_release(Arguments& app) {
  const auto options = std::make_shared<HoldOptions>();
  add_subject(app, *options);
  return [options](Context& context) { return release(context, *options); };
}

Action declare_limits(Arguments&) {
  return [](Context& context) { return show_limits(context); };
}

Action declare_connection_history(Arguments& app) {
  const auto options = std::make_shared<OutageOptions>();
  app.add_option("connection", options->connection, "a connection; none: all of them")
      ->type_name("NAME");
  app.add_option("-n,--limit", options->limit, "so many outages, the latest; default 50")
      ->type_name("N")
      ->positive();
  return [options](Context& context) { return show_outages(context, *options); };
}

}  // namespace orch::cli
