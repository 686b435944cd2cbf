// work.
#include <array>
#include <cstdlib>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/aws/credentials.h"
#include "orchestrator/base/error.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/work_report.h"
#include "workers/bindings/bindings.h"

namespace orch::cli {
namespace {

constexpr Millis look_interval{100};
constexpr Millis create_patience{20'000};
constexpr std::size_t longest_worker_name = 80;

struct WorkOptions {
  std::vector<std::string> activities;
  std::string endpoint;
  std::string region;
  std::string name;
  int concurrency = 4;
  int heartbeat = 10;
  int drain = 60;
  bool create = false;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// "ARN=RESOURCE"; without a resource the activity's ARN is one, which a binding may serve.
fleet::Assignment parse_assignment(const std::string& text) {
  const auto equals = text.rfind('=');
  fleet::Assignment assignment{text.substr(0, equals),
                               equals == text.npos ? text : text.substr(equals + 1)};
  if (assignment.activity.empty() || assignment.resource.empty())
    throw Error("ORCH-0001", fmt::format("--activity is \"{}\": expected ARN=RESOURCE", text),
                "for example arn:aws:states:us-east-1:123456789012:activity:stage=orch:stage");
  return assignment;
}

bool is_arn(const std::string& activity) { return activity.starts_with("arn:"); }

/// Empty: AWS itself.
std::string given_endpoint(const WorkOptions& options) {
  if (!options.endpoint.empty()) return options.endpoint;
  for (const char* variable : {"AWS_ENDPOINT_URL_SFN", "AWS_ENDPOINT_URL"})
    if (auto url = environment(variable); !url.empty()) return url;
  return {};
}

std::string region_for(const WorkOptions& options,
                       const std::vector<fleet::Assignment>& assignments) {
  auto region = options.region;
  for (const auto& [activity, resource] : assignments) {
    if (!is_arn(activity)) continue;
    const auto its = fleet::region_of(activity);
    if (region.empty()) region = its;
    if (given_endpoint(options).empty() && its != region)
      throw Error("ORCH-0001", fmt::format("{} is not in the region {}", activity, region),
                  "start one `orch work` a region");
  }
  if (region.empty()) region = aws::find_region();
  return region.empty() ? "us-east-1" : region;
}

std::string aws_endpoint(const std::string& region) {
  return fmt::format("https://states.{}.amazonaws.com{}", region,
                     region.starts_with("cn-") ? ".cn" : "");
}

// Complains at once about keys that are missing or malformed; later they are waited for.
void check_keys(library::Keys& keys, bool needed) {
  if (!keys.current() && needed)
    throw Error("ORCH-0661", "no --endpoint, and no keys for AWS",
                "name an endpoint as http://127.0.0.1:8083, or set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE");
}

/// Creates the activities, which leaves those alone that there are, and fills in their ARNs. False:
/// interrupted meanwhile.
bool create(fleet::Caller& caller, std::vector<fleet::Assignment>& assignments) {
  for (auto& assignment : assignments) {
    const auto answer =
        caller.insist("CreateActivity", {{"name", fleet::name_of(assignment.activity)}},
                      create_patience, [] { return interrupted(); });
    if (!answer) return false;
    const auto* arn = answer->body.if_contains("activityArn");
    if (arn && arn->is_string()) assignment.activity = arn->get_string();
  }
  return true;
}

void check_resources(const std::vector<fleet::Assignment>& assignments,
                     const workers::Registry& registry) {
  for (const auto& [activity, resource] : assignments) {
    if (registry.find(resource)) continue;
    throw Error("ORCH-0204",
                fmt::format("no worker serves the resource \"{}\"{}", resource,
                            did_you_mean(resource, registry.resources())),
                "write ACTIVITY=RESOURCE with one of the workers, or bind the resource with "
                "--bindings FILE");
  }
}

std::string default_name() {
  std::array<char, 65> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}:{}", host.data(), ::getpid()).substr(0, longest_worker_name);
}

/// The exit code, once the fleet has ended.
int leave(const Context& context, fleet::Fleet& fleet, WorkReport& report, int drain) {
  const auto failure = fleet.failure();
  const auto before = fleet.tally();
  if (before.at_work > 0)
    context.say(
        fmt::format("orch: stopping; {} at work may take up to {} (Ctrl-C again leaves at "
                    "once)",
                    render::plural(before.at_work, "task"),
                    render::duration_text(std::chrono::seconds(drain))));
  const bool ended = fleet.drain(std::chrono::seconds(drain));
  const auto tally = fleet.tally();
  report.end(tally);
  if (!ended) ::_exit(Exit::interrupted);  // its threads cannot be stopped otherwise
  if (failure) throw *failure;
  const bool finished = tally.released == 0 && tally.lost == before.lost;
  return finished ? Exit::ok : Exit::interrupted;
}

int work(const Context& context, const WorkOptions& options) {
  std::vector<fleet::Assignment> assignments;
  for (const auto& text : options.activities) assignments.push_back(parse_assignment(text));
  workers::Registry registry = workers::built_in();
  if (const auto& file = context.settings.value("bindings"); !file.empty())
    bindings::bind(registry, file);
  check_resources(assignments, registry);
  const auto region = region_for(options, assignments);
  const auto endpoint = given_endpoint(options);
  library::Keys keys(endpoint.empty());
  check_keys(keys, endpoint.empty());
  const fleet::Client client(endpoint.empty() ? aws_endpoint(region) : endpoint, region, keys);
  catch_interrupts();
  WorkReport report(context);
  fleet::Caller caller(client, std::ref(report));
  if (options.create && !create(caller, assignments)) return Exit::ok;
  for (const auto& assignment : assignments) fleet::region_of(assignment.activity);  // an ARN?
  context.say(fmt::format("orch: polling {} {} at {}, up to {} at once of each", assignments.size(),
                          assignments.size() == 1 ? "activity" : "activities", client.url(),
                          render::plural(options.concurrency, "task")));
  fleet::Fleet fleet(
      client, registry,
      {std::move(assignments), options.concurrency, std::chrono::seconds(options.heartbeat),
       options.name.empty() ? default_name() : options.name, connections_file(context.settings)},
      std::ref(report));
  while (!interrupted() && !fleet.failure()) std::this_thread::sleep_for(look_interval);
  return leave(context, fleet, report, options.drain);
}

}  // namespace

Action declare_work(Arguments& app) {
  const auto options = std::make_shared<WorkOptions>();
  app.add_option("--activity", options->activities,
                 "an activity and the resource that does its tasks; repeat it for several. Without "
                 "=RESOURCE a binding of the ARN serves")
      ->type_name("ARN=RESOURCE")
      ->required()
      ->repeatable();
  app.add_option("--endpoint", options->endpoint,
                 "where the API is; default AWS_ENDPOINT_URL_SFN, else AWS itself")
      ->type_name("URL");
  app.add_option("--region", options->region, "of AWS; default that of the activities' ARNs")
      ->type_name("NAME");
  app.add_option("--concurrency", options->concurrency, "tasks of one activity at once; default 4")
      ->type_name("N")
      ->between(1, 1'000);
  app.add_option("--heartbeat", options->heartbeat,
                 "seconds between signs of life while a task is at work; default 10")
      ->type_name("SECONDS")
      ->between(1, 86'400);
  app.add_option("--drain", options->drain,
                 "seconds that tasks at work may take at the end; default 60")
      ->type_name("SECONDS")
      ->between(0, 86'400);
  app.add_option("--name", options->name,
                 "of this process in histories; default host name and process id")
      ->type_name("NAME");
  app.add_flag("--create", options->create,
               "create the activities; they may be given by name alone then");
  add_setting(app, "connections");
  add_setting(app, "bindings");
  return [options](Context& context) { return work(context, *options); };
}

}  // namespace orch::cli
