// serve.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/service_manager.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/access.h"
#include "orchestrator/cli/alert_file.h"
#include "orchestrator/cli/files.h"
#include "orchestrator/cli/identities.h"
#include "orchestrator/cli/libraries.h"
#include "orchestrator/cli/limits.h"
#include "orchestrator/cli/monitoring.h"
#include "orchestrator/cli/options.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/cli/retention_words.h"
#include "orchestrator/cli/run_or_delegate.h"
#include "orchestrator/cli/version.h"
#include "orchestrator/host/alert_watch.h"
#include "orchestrator/host/backup_schedule.h"
#include "orchestrator/host/health.h"
#include "orchestrator/host/metrics_page.h"
#include "orchestrator/host/own_or_ask.h"
#include "orchestrator/host/trigger_watch.h"
#include "orchestrator/host/watchdog.h"
#include "orchestrator/http/router.h"
#include "orchestrator/http/server.h"
#include "orchestrator/http/tls.h"
#include "orchestrator/identity/audit.h"
#include "orchestrator/rest/front.h"
#include "orchestrator/rest/own_user.h"
#include "orchestrator/stepfunctions/aws_front.h"
#include "orchestrator/store/open.h"
#include "orchestrator/ui/pages.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;
namespace net = boost::asio;
using Verb = boost::beast::http::verb;

// How long answers under way are waited for after Ctrl-C, and how often they are looked at.
constexpr Millis answer_patience{5'000};
constexpr Millis answer_interval{20};

constexpr rlim_t wanted_descriptors = 8'192;
constexpr std::size_t most_connections = 4'096;
// Tasks of clients mostly wait for other services: a few of them must not hold up the rest.
constexpr int default_workers = 32;
constexpr const char* default_address = "127.0.0.1:8083";

struct ServeOptions {
  std::string listen;  ///< empty: a socket that is passed on, else the default
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::string certificate;
  std::string private_key;
  std::string client_authorities;
  std::string metrics_token;
  int drain = 30;
  std::string backup_to;
  int backup_every = 1'440;
  int backup_keep = 14;
  std::int64_t payload_limit = 262'144;
  std::int64_t history_limit = 25'000;
};

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

Address parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  Address address{text.substr(0, colon), 0};
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  const auto digits = colon == std::string::npos ? std::string() : text.substr(colon + 1);
  const auto* end = digits.data() + digits.size();
  const auto [stop, failed] = std::from_chars(digits.data(), end, address.port);
  boost::system::error_code not_numeric;
  net::ip::make_address(address.host, not_numeric);
  if (digits.empty() || failed != std::errc{} || stop != end || not_numeric)
    throw Error("ORCH-0001", fmt::format("--listen is \"{}\": expected ADDRESS:PORT", text),
                "for example 127.0.0.1:8083, or [::1]:0 for any free port");
  return address;
}

/// Ends the io_context: the first signal gently, the second at once.
class Ending {
 public:
  Ending(net::io_context& io, http::Server& server, std::function<void()> stop)
      : io_(io), server_(server), stop_(std::move(stop)), signals_(io, SIGINT, SIGTERM), look_(io) {
    signals_.async_wait([this](const auto& cancelled, int) {
      if (!cancelled) begin();
    });
  }

 private:
  void begin() {
    signals_.async_wait([](const auto& cancelled, int) {
      if (!cancelled) ::_exit(Exit::interrupted);
    });
    server_.stop();
    stop_();
    give_up_ = std::chrono::steady_clock::now() + answer_patience;
    wait();
  }

  void wait() {
    if (server_.at_work() == 0 || std::chrono::steady_clock::now() > give_up_) return io_.stop();
    look_.expires_after(answer_interval);
    look_.async_wait([this](const auto&) { wait(); });
  }

  net::io_context& io_;
  http::Server& server_;
  std::function<void()> stop_;
  net::signal_set signals_;
  net::steady_timer look_;
  std::chrono::steady_clock::time_point give_up_;
};

/// SIGUSR1 opens the log file anew, after a rotation has moved it.
class LogRotation {
 public:
  explicit LogRotation(net::io_context& io) : signals_(io, SIGUSR1) { wait(); }

 private:
  void wait() {
    signals_.async_wait([this](const auto& cancelled, int) {
      if (cancelled) return;
      log::reopen_file();
      wait();
    });
  }

  net::signal_set signals_;
};

/// SIGHUP reads the settings anew. What is wrong with them is told in the log, and the old ones
/// stay.
class Reload {
 public:
  Reload(net::io_context& io, std::function<void()> reload)
      : reload_(std::move(reload)), signals_(io, SIGHUP) {
    wait();
  }

 private:
  void wait() {
    signals_.async_wait([this](const auto& cancelled, int) {
      if (cancelled) return;
      try {
        reload_();
        log::info({{"event", "settings reloaded"}}, "retention and log level");
      } catch (const std::exception& error) {
        log::error({{"event", "settings not reloaded"}}, "{}", error.what());
      }
      wait();
    });
  }

  std::function<void()> reload_;
  net::signal_set signals_;
};

// A server tells of each run unless it is asked not to; other commands show theirs on the screen.
void begin_log(const Settings& settings) {
  if (settings.get("log").origin == "default") log::set_level(log::Level::info);
  if (const auto& file = settings.value("log-file"); !file.empty()) log::set_file(file);
}

stepfunctions::Options service_options(const Context& context, const ServeOptions& options) {
  return {options.account,
          options.region,
          connections_file(context.settings),
          {options.payload_limit, options.history_limit},
          access_policy(context.settings, options.private_key)};
}

http::ServerOptions server_options_of(const Settings& settings, const ServeOptions& options) {
  http::ServerOptions server;
  server.hosts = std::make_shared<http::HostNames>(settings.list("host-name"));
  if (options.certificate.empty() != options.private_key.empty())
    throw Error("ORCH-0001",
                fmt::format("{} is given without {}",
                            options.certificate.empty() ? "--private-key" : "--certificate",
                            options.certificate.empty() ? "--certificate" : "--private-key"),
                "TLS needs both");
  if (!options.certificate.empty())
    server.tls =
        http::tls_context(options.certificate, options.private_key, options.client_authorities);
  else if (!options.client_authorities.empty())
    throw Error("ORCH-0001", "--client-ca is given without --certificate",
                "certificates of clients are part of TLS");
  return server;
}

bool is_loopback(const Address& address) {
  return net::ip::make_address(address.host).is_loopback();
}

// Any client that reaches the address could start and read executions.
void check_exposure(const Address& address, const aws::Keys& keys,
                    const http::ServerOptions& server) {
  if (is_loopback(address)) return;
  const auto reached = fmt::format("{} can be reached by other machines", address.host);
  if (keys.empty())
    throw Error("ORCH-0013", reached + ", and there are no keys",
                "name a file with --keys, or listen on 127.0.0.1");
  if (!server.tls)
    throw Error("ORCH-0013", reached + ", and there is no TLS",
                "name PEM files with --certificate and --private-key, or listen on 127.0.0.1 "
                "behind a proxy that does TLS");
}

// Loopback belongs to every user of the machine.
void check_rights(const access::Grants& grants, const aws::Keys& keys) {
  if (!keys.empty() || !grants.any() || grants.without_keys) return;
  throw Error("ORCH-0013",
              "--allow gives clients rights on this host, and there are no keys: any user of the "
              "machine could use them",
              "name a file with --keys, or add without-keys to --allow if that is meant");
}

// A descriptor a connection, and some for the store: the usual soft limit is lower than that.
// Returns how many connections there may be.
std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return http::Limits().connections;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, wanted_descriptors));
  setrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::size_t>(limit.rlim_cur / 2, most_connections);
}

// What clients of the Step Functions API change.
std::function<void(const stepfunctions::AwsDeed&)> audit_of_calls(const std::string& store,
                                                                  bool with_keys) {
  const identity::AuditLog log(identity::audit_file(store::files_of(store)));
  return [log, with_keys, owner = rest::own_user_name()](const stepfunctions::AwsDeed& deed) {
    try {
      const auto who = with_keys ? deed.key : owner;
      log.append({wall_now(), deed.known ? who : "", deed.known ? "admin" : "none", deed.from,
                  "aws." + deed.operation, deed.object, deed.outcome});
    } catch (const std::exception& error) {  // what was done stays done
      log::error("the audit log cannot be written: {}", error.what());
    }
  };
}

std::unique_ptr<host::BackupSchedule> scheduled_backups(const std::string& store,
                                                        const ServeOptions& options) {
  if (options.backup_to.empty()) return nullptr;
  const auto* slash = options.backup_to.ends_with('/') ? "" : "/";
  return std::make_unique<host::BackupSchedule>(
      store,
      host::BackupSchedule::Plan{options.backup_to + slash,
                                 std::chrono::minutes(options.backup_every), options.backup_keep});
}

// A server is started again at once, maybe while a command has the store for a moment.
std::unique_ptr<host::Owner> own_store(const Context& context,
                                       const stepfunctions::Options& service,
                                       Monitoring& monitoring) {
  const auto store = context.settings.value("store");
  const auto workers = context.settings.workers();
  std::unique_ptr<host::Owner> owner;
  host::own_when_free(store::files_of(store), [&] {
    owner = std::make_unique<host::Owner>(
        store, context.command_line, workers > 0 ? workers : default_workers,
        context.settings.value("bindings"), service, limits_of(context.settings),
        monitoring.listeners(), host::Triggers::fire);
  });
  return owner;
}

/// Where the server listens.
struct Place {
  Address address;
  std::optional<service_manager::Listening> passed_on;
};

Place place_of(const ServeOptions& options) {
  auto passed_on = service_manager::take_listening_socket();
  if (!passed_on)
    return {parse_address(options.listen.empty() ? default_address : options.listen), {}};
  if (!options.listen.empty())
    throw Error(
        "ORCH-0001",
        fmt::format("--listen is {}, and the service manager passes on a socket", options.listen),
        "leave out --listen, or disable the socket unit");
  return {{passed_on->address, passed_on->port}, passed_on};
}

http::Server listen(net::io_context& io, const Place& place, http::ServerOptions options,
                    http::Handler handler) {
  if (place.passed_on)
    return {io, place.passed_on->descriptor, std::move(options), std::move(handler)};
  return {io, place.address.host, place.address.port, std::move(options), std::move(handler)};
}

std::string url_of(bool tls, const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}://{}:{}", tls ? "https" : "http",
                     v6 ? "[" + address.host + "]" : address.host, address.port);
}

int serve(const Context& context, const ServeOptions& options) {
  const auto store = context.settings.value("store");
  const auto place = place_of(options);
  const auto& address = place.address;
  stepfunctions::FrontOptions front_options;
  const auto known = known_identities(context.settings, options.client_authorities);
  front_options.keys = known.keys;
  auto server_options = server_options_of(context.settings, options);
  check_exposure(address, front_options.keys, server_options);
  auto service = service_options(context, options);
  check_rights(service.access->grants(), front_options.keys);
  const bool for_everybody = service.access->grants().without_keys;
  server_options.limits.connections = raise_descriptor_limit();
  AlertFile alert_file(context.settings.value("alerts"));
  const auto alert_plan = alert_file.plan();
  begin_log(context.settings);
  net::io_context io{1};
  const LogRotation rotation(io);
  Monitoring monitoring(context.settings.value("traces"));
  const auto owned = own_store(context, service, monitoring);
  auto& owner = *owned;
  using host::TriggerWatch;
  const TriggerWatch triggers(store, owner.engine(), TriggerWatch::Where::folders);
  const TriggerWatch buckets(store, owner.engine(), TriggerWatch::Where::buckets);
  const auto metrics = monitoring.collect(store, owner);
  owner.housekeeper().keep(retention_of(context.settings));
  const Reload reload(io, [&] {
    const auto settings = context.settings.reloaded();
    owner.housekeeper().keep(retention_of(settings));
    set_log(settings);
    begin_log(settings);
  });
  const auto backups = scheduled_backups(store, options);
  const host::AlertWatch alerts(owner.engine(), store, alert_plan,
                                [&alert_file] { return alert_file.changed(); });
  announce_continued(context, owner);
  if (!for_everybody) front_options.trusts = rest::asked_by_own_user;
  front_options.record = audit_of_calls(store, !front_options.keys.empty());
  stepfunctions::AwsFront front(io, owner.service(), owner.feed().watchers(),
                                std::move(front_options));
  host::Health health(owner.engine());
  rest::Front rest(owner, {store, std::string(version()), known, libraries()});
  const host::Watchdog watchdog(owner.engine());
  http::Router router(front.handler());
  router.add({}, "/v1/*", rest.handler());
  router.add({Verb::get, Verb::head}, "/healthz", health.handler());
  router.add({Verb::get, Verb::head}, "/readyz", health.ready_handler());
  router.add(
      {Verb::get, Verb::head}, "/metrics",
      host::metrics_page(telemetry::registry(), {options.metrics_token, !is_loopback(address)}));
  for (const auto* path : {"/ui", "/ui/*"}) router.add({Verb::get, Verb::head}, path, ui::pages());
  auto server = listen(io, place, server_options, router.handler());
  Ending ending(io, server, [&] {
    front.stop();
    health.stop();
  });
  context.print(url_of(server_options.tls != nullptr, {address.host, server.port()}) + '\n');
  service_manager::tell("READY=1");
  io.run();
  service_manager::tell("STOPPING=1");
  context.say("orch: stopping; tasks at work may finish (Ctrl-C again leaves at once)");
  io.restart();
  const std::jthread second_signal([&io](const std::stop_token& done) {
    const std::stop_callback end(done, [&io] { io.stop(); });
    io.run();
  });
  owner.engine().drain(std::chrono::seconds(options.drain));
  return Exit::ok;
}

}  // namespace

Action declare_serve(Arguments& app) {
  const auto options = std::make_shared<ServeOptions>();
  app.add_option("--listen", options->listen,
                 "address and port to listen on; default a socket that systemd passes on, else "
                 "127.0.0.1:8083; port 0: any free one")
      ->type_name("ADDRESS");
  app.add_option("--region", options->region, "region of clients that name none; default us-east-1")
      ->type_name("NAME");
  app.add_option("--account", options->account,
                 "account number in resource names; default 123456789012")
      ->type_name("NUMBER");
  app.add_option("--certificate", options->certificate,
                 "PEM file of the certificate chain: listen with TLS")
      ->type_name("FILE");
  app.add_option("--private-key", options->private_key, "PEM file of the certificate's key")
      ->type_name("FILE");
  app.add_option("--client-ca", options->client_authorities,
                 "PEM file of the authorities whose certificates clients may show")
      ->type_name("FILE");
  app.add_option("--metrics-token", options->metrics_token,
                 "file with the token that readers of /metrics bring; without one they are shown "
                 "on loopback addresses only")
      ->type_name("FILE");
  app.add_option("--drain", options->drain,
                 "seconds that tasks at work may take at the end; default 30")
      ->type_name("SECONDS")
      ->between(0, 86'400);
  app.add_option("--payload-limit", options->payload_limit,
                 "largest output of a state or task, in bytes; default 262144, 0: any")
      ->type_name("BYTES")
      ->at_least_zero();
  app.add_option("--history-limit", options->history_limit,
                 "longest history of an execution, in events; default 25000, 0: any")
      ->type_name("EVENTS")
      ->at_least_zero();
  app.add_option("--backup-to", options->backup_to,
                 "folder or s3://BUCKET/PREFIX/ for backups of the run store")
      ->type_name("PLACE");
  app.add_option("--backup-every", options->backup_every,
                 "minutes between two backups; default 1440, a day")
      ->type_name("MINUTES")
      ->between(1, 525'600);
  app.add_option("--backup-keep", options->backup_keep, "so many backups stay; default 14, 0: all")
      ->type_name("N")
      ->between(0, 10'000);
  add_setting(app, "connections");
  add_setting(app, "workers");
  add_setting(app, "bindings");
  add_setting(app, "keys");
  add_setting(app, "allow");
  add_setting(app, "alerts");
  add_setting(app, "identities");
  add_setting(app, "host-name");
  add_setting(app, "limit");
  add_setting(app, "traces");
  add_setting(app, "log-format");
  add_setting(app, "log-file");
  add_setting(app, "retention");
  return [options](Context& context) { return serve(context, *options); };
}

}  // namespace orch::cli
