// schedule preview: what a schedule means, before anything depends on it.
#include <bitset>
#include <memory>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/grid.h"
#include "orchestrator/schedule/fire_times.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;

struct PreviewOptions {
  std::string rhythm;
  std::string zone = "UTC";
  std::string from;
  int count = 10;
  std::string business_days;
  std::string holidays;
};

schedule::Calendar calendar_of(const PreviewOptions& options) {
  if (options.business_days.empty() && options.holidays.empty()) return {};
  // Holidays alone leave out their own days; business days are those from Monday to Friday, too.
  std::bitset<7> weekend;
  auto rule = schedule::OffDay::skip;
  if (!options.business_days.empty()) {
    rule = schedule::parse_off_day(options.business_days);
    weekend.set(0).set(6);
  }
  return {rule, weekend,
          options.holidays.empty()
              ? std::set<std::chrono::local_days>()
              : schedule::parse_holidays(read_text(options.holidays), options.holidays)};
}

Instant begin_of(const PreviewOptions& options, const schedule::Zone& zone) {
  if (options.from.empty()) return wall_now();
  if (const auto found = schedule::read_time(options.from, zone)) return *found;
  throw Error("ORCH-0001", fmt::format("--from: expected a time, found \"{}\"", options.from),
              "2027-03-27T00:00:00+01:00, or 2027-03-27 or \"2027-03-27 06:00\" on the clocks of "
              "--zone");
}

int preview(const Context& context, const PreviewOptions& options) {
  const schedule::Schedule schedule{.rhythm = schedule::parse_rhythm(options.rhythm),
                                    .zone = schedule::Zone(options.zone),
                                    .calendar = calendar_of(options)};
  schedule::FireTimes times(schedule, begin_of(options, schedule.zone));
  bj::array documents;
  render::Grid grid({{"FIRES"}, {"UTC"}, {"WHY THEN", false, true}});
  for (int shown = 0; shown < options.count; ++shown) {
    const auto time = times.next();
    if (!time) break;
    auto utc = to_iso(time->at);
    utc.replace(utc.size() - 5, 5, "Z");  // fire times are whole seconds
    grid.add({time->local, utc, time->reason});
    bj::object document{{"fire_time", time->local}, {"utc", utc}};
    if (!time->reason.empty()) document["reason"] = time->reason;
    documents.push_back(std::move(document));
  }
  if (context.json()) {
    print_documents(context, documents);
  } else if (grid.empty()) {
    context.say("orch: nothing fires from then on");
  } else {
    context.print(grid.text(context.out.look));
  }
  return Exit::ok;
}

}  // namespace

Action declare_schedule_preview(Arguments& app) {
  const auto options = std::make_shared<PreviewOptions>();
  app.add_option("schedule", options->rhythm, "a cron expression, @daily, @every 15m, rate(…)")
      ->type_name("SCHEDULE")
      ->required();
  app.add_option("--zone", options->zone, "time zone of the IANA database; the default is UTC")
      ->type_name("NAME");
  app.add_option("--from", options->from, "begin with this time; the default is now")
      ->type_name("TIME");
  app.add_option("-n,--count", options->count, "so many; the default is 10")
      ->type_name("N")
      ->between(1, 100'000);
  app.add_option("--business-days", options->business_days,
                 "what becomes of a time on a Saturday, Sunday or holiday: skip, next, previous")
      ->type_name("RULE");
  app.add_option("--holidays", options->holidays, "a list of days off, one 2027-12-24 a line")
      ->type_name("FILE");
  return [options](Context& context) { return preview(context, *options); };
}

}  // namespace orch::cli
