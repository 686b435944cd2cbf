// alerts list, silence, unsilence, test.
#include "orchestrator/cli/alerts.h"

#include <chrono>
#include <memory>
#include <thread>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/person.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/host/operations.h"
#include "orchestrator/schedule/interval.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

constexpr std::chrono::seconds test_patience{60};
constexpr Millis look_interval{200};

bj::object ask(const Context& context, const std::string& operation, const bj::object& parameters) {
  return host::perform(context.settings.value("store"), operation, parameters,
                       context.command_line);
}

std::string text(const bj::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : "";
}

std::string time(const Context& context, const bj::object& object, const char* name) {
  const auto at = from_iso(text(object, name));
  return at ? render::instant_text(*at, context.out.look.utc) : "";
}

void show_open(const Context& context, const bj::array& open) {
  render::Grid grid({{"SUBJECT"},
                     {"ALERT"},
                     {"SINCE"},
                     {"TIMES", true},
                     {"SILENT UNTIL"},
                     {"RUN"},
                     {"WHAT", false, true}});
  for (const auto& value : open) {
    const auto& each = value.as_object();
    grid.add({text(each, "subject"),
              {text(each, "rule"), render::Tone::bad},
              time(context, each, "since"),
              std::to_string(each.at("count").as_int64()),
              time(context, each, "silenced_until"),
              text(each, "run"),
              text(each, "text")});
  }
  context.print(grid.empty() ? "no alerts are open\n" : grid.text(context.out.look));
}

void show_deliveries(const Context& context, const bj::array& deliveries) {
  render::Grid grid({{"DELIVERY", true},
                     {"TO"},
                     {"MADE"},
                     {"OUTCOME"},
                     {"ATTEMPTS", true},
                     {"ERROR", false, true}});
  for (const auto& value : deliveries) {
    const auto& each = value.as_object();
    grid.add({std::to_string(each.at("id").as_int64()), text(each, "target"),
              time(context, each, "made"), text(each, "outcome"),
              std::to_string(each.at("attempts").as_int64()), text(each, "error")});
  }
  if (!grid.empty()) context.print("\n" + grid.text(context.out.look));
}

void show_silences(const Context& context, const bj::array& silences) {
  render::Grid grid(
      {{"SILENCE", true}, {"SUBJECT"}, {"ALERT"}, {"UNTIL"}, {"BY"}, {"WHY", false, true}});
  for (const auto& value : silences) {
    const auto& each = value.as_object();
    grid.add({std::to_string(each.at("id").as_int64()), text(each, "subject"), text(each, "rule"),
              time(context, each, "until"), text(each, "by"), text(each, "reason")});
  }
  if (!grid.empty()) context.print("\n" + grid.text(context.out.look));
}

int list(const Context& context) {
  const auto found = ask(context, "alerts.list", {});
  if (context.json()) {
    print_document(context, found);
    return Exit::ok;
  }
  show_open(context, found.at("open").as_array());
  show_silences(context, found.at("silences").as_array());
  show_deliveries(context, found.at("deliveries").as_array());
  return Exit::ok;
}

struct SilenceOptions {
  std::string subject;
  std::string rule = "*";
  std::string lasts = "1h";
  std::string reason;
};

int silence(const Context& context, const SilenceOptions& options) {
  const auto until = wall_now() + schedule::parse_duration(options.lasts);
  const auto made = ask(context, "alerts.silence",
                        {{"subject", options.subject},
                         {"rule", options.rule},
                         {"until", to_iso(until)},
                         {"by", person()},
                         {"reason", options.reason}});
  if (context.json())
    print_document(context, made);
  else
    context.print(fmt::format("silence {} until {}\n", made.at("id").as_int64(),
                              time(context, made, "until")));
  return Exit::ok;
}

int unsilence(const Context& context, std::int64_t id) {
  const auto done = ask(context, "alerts.unsilence", {{"id", id}});
  if (context.json()) print_document(context, done);
  if (!done.at("removed").as_bool()) context.say(fmt::format("orch: there is no silence {}", id));
  return Exit::ok;
}

// What has become of the delivery; nothing while it is pending and was not tried.
std::optional<bj::object> outcome_of(const Context& context, std::int64_t delivery) {
  const auto found = ask(context, "alerts.list", {});
  for (const auto& value : found.at("deliveries").as_array()) {
    const auto& each = value.as_object();
    if (each.at("id").as_int64() == delivery && each.at("attempts").as_int64() > 0) return each;
  }
  return std::nullopt;
}

int test(const Context& context, const std::string& channel) {
  const auto made = ask(context, "alerts.test", {{"channel", channel}, {"by", person()}});
  const auto give_up = std::chrono::steady_clock::now() + test_patience;
  while (std::chrono::steady_clock::now() < give_up) {
    if (const auto row = outcome_of(context, made.at("delivery").as_int64())) {
      if (context.json()) print_document(context, *row);
      if (text(*row, "outcome") == "done") {
        if (!context.json()) context.print(fmt::format("{} has the message\n", channel));
        return Exit::ok;
      }
      context.say(fmt::format("orch: {} does not have it: {}", channel, text(*row, "error")));
      return Exit::failure;
    }
    std::this_thread::sleep_for(look_interval);
  }
  context.say("orch: nothing has tried to send it: `orch serve` does, when it runs");
  return Exit::failure;
}

}  // namespace

Action declare_alerts_list(Arguments&) {
  return [](Context& context) { return list(context); };
}

Action declare_alerts_silence(Arguments& app) {
  const auto options = std::make_shared<SilenceOptions>();
  app.add_option("subject", options->subject,
                 "pipeline:NAME, workflow:NAME or server, as `orch alerts list` shows it; * is all")
      ->type_name("SUBJECT")
      ->required();
  app.add_option("--alert", options->rule, "only the alert of this name")->type_name("NAME");
  app.add_option("--for", options->lasts, "how long: 30m, 2h, 7d; the default is 1h")
      ->type_name("TIME");
  app.add_option("--reason", options->reason, "why; others see it")->type_name("TEXT")->required();
  return [options](Context& context) { return silence(context, *options); };
}

Action declare_alerts_unsilence(Arguments& app) {
  const auto id = std::make_shared<std::int64_t>(0);
  app.add_option("silence", *id, "its number, as `orch alerts list` shows it")
      ->type_name("N")
      ->required();
  return [id](Context& context) { return unsilence(context, *id); };
}

Action declare_alerts_test(Arguments& app) {
  const auto channel = std::make_shared<std::string>();
  app.add_option("channel", *channel, "name of the channel in the file of --alerts")
      ->type_name("CHANNEL")
      ->required();
  return [channel](Context& context) { return test(context, *channel); };
}

}  // namespace orch::cli
