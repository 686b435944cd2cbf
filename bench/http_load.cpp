#include "bench/http_load.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "orchestrator/json/text.h"

namespace orch::bench {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
namespace bj = boost::json;
using Clock = std::chrono::steady_clock;
using net::ip::tcp;

constexpr const char* function = "arn:aws:lambda:us-east-1:123456789012:function:noop";
constexpr std::chrono::minutes longest{5};

double millis_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// "p50_ms" and "p99_ms", with what stands before.
Figures percentiles(std::vector<double> values, const std::string& prefix = "") {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
  };
  return {{prefix + "p50_ms", at(0.5)}, {prefix + "p99_ms", at(0.99)}};
}

/// One connection that stays open.
class Client {
 public:
  explicit Client(std::uint16_t port) {
    socket_.connect({net::ip::address_v4::loopback(), port});
    socket_.set_option(tcp::no_delay(true));
  }

  /// Throws std::runtime_error for any answer but 200.
  bj::object call(const std::string& operation, const bj::object& members) {
    http::request<http::string_body> request(http::verb::post, "/", 11);
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::content_type, "application/x-amz-json-1.0");
    request.set("X-Amz-Target", "AWSStepFunctions." + operation);
    request.body() = json::write(members);
    request.prepare_payload();
    http::write(socket_, request);
    http::response<http::string_body> response;
    http::read(socket_, buffer_, response);
    if (response.result() != http::status::ok)
      throw std::runtime_error(fmt::format("{}: {}", operation, response.body()));
    return json::parse(response.body()).as_object();
  }

 private:
  net::io_context io_;
  tcp::socket socket_{io_};
  boost::beast::flat_buffer buffer_;
};

/// Its ARN.
std::string create_machine(Client& client, const std::string& type) {
  const bj::object definition{
      {"StartAt", "T"},
      {"States",
       bj::object{{"T", bj::object{{"Type", "Task"}, {"Resource", function}, {"End", true}}}}}};
  const auto made =
      client.call("CreateStateMachine", {{"name", "one-task-" + type},
                                         {"definition", json::write(definition)},
                                         {"roleArn", "arn:aws:iam::123456789012:role/r"},
                                         {"type", type}});
  return std::string(made.at("stateMachineArn").as_string());
}

std::string start(Client& client, const std::string& machine) {
  const auto started =
      client.call("StartExecution", {{"stateMachineArn", machine}, {"input", R"({"n":1})"}});
  return std::string(started.at("executionArn").as_string());
}

void check_success(const bj::object& row) {
  if (row.at("status").as_string() != "SUCCEEDED")
    throw std::runtime_error("an execution ended otherwise: " + json::write(row));
}

void await_success(Client& client, const std::string& execution) {
  while (true) {
    const auto row = client.call("DescribeExecution", {{"executionArn", execution}});
    if (row.at("status").as_string() != "RUNNING") return check_success(row);
  }
}

void await_idle(Client& client, const std::string& machine) {
  const auto give_up = Clock::now() + longest;
  const bj::object running{
      {"stateMachineArn", machine}, {"statusFilter", "RUNNING"}, {"maxResults", 1}};
  while (!client.call("ListExecutions", running).at("executions").as_array().empty())
    if (Clock::now() > give_up) throw std::runtime_error("executions do not end");
  auto others = running;
  others["statusFilter"] = "FAILED";
  if (!client.call("ListExecutions", others).at("executions").as_array().empty())
    throw std::runtime_error("executions failed");
}

}  // namespace

ServerProcess::ServerProcess(const std::string& program, const std::filesystem::path& folder) {
  const auto bindings = (folder / "bindings.json").string();
  const auto store = (folder / "runs.db").string();
  std::ofstream(bindings) << json::write(bj::object{
      {"bindings", bj::object{{function, bj::object{{"mock", bj::object{{"result", 1}}}}}}}});
  int out[2];
  if (pipe(out) != 0) throw std::runtime_error("cannot make a pipe");
  pid_ = fork();
  if (pid_ == 0) {
    dup2(out[1], STDOUT_FILENO);
    execl(program.c_str(), program.c_str(), "serve", "--listen", "127.0.0.1:0", "--store",
          store.c_str(), "--bindings", bindings.c_str(), nullptr);
    _exit(127);
  }
  ::close(out[1]);
  std::string line;
  for (char c = 0; read(out[0], &c, 1) == 1 && c != '\n';) line += c;
  ::close(out[0]);
  const auto colon = line.rfind(':');
  if (!line.starts_with("http://")) throw std::runtime_error("cannot serve with " + program);
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) end();
}

Figures ServerProcess::end() {
  ::kill(pid_, SIGTERM);
  rusage usage{};
  wait4(pid_, nullptr, 0, &usage);
  pid_ = -1;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {{"server_cpu_s", seconds(usage.ru_utime) + seconds(usage.ru_stime)},
          {"server_peak_mb", static_cast<double>(usage.ru_maxrss) / 1024}};
}

Figures polled_executions(std::uint16_t port, int count) {
  Client client(port);
  const auto machine = create_machine(client, "STANDARD");
  std::vector<double> latencies;
  for (int i = 0; i < count; ++i) {
    const auto begun = Clock::now();
    await_success(client, start(client, machine));
    latencies.push_back(millis_since(begun));
  }
  return percentiles(std::move(latencies));
}

Figures synchronous_executions(std::uint16_t port, int count) {
  Client client(port);
  const auto machine = create_machine(client, "EXPRESS");
  std::vector<double> latencies;
  for (int i = 0; i < count; ++i) {
    const auto begun = Clock::now();
    check_success(client.call("StartSyncExecution", {{"stateMachineArn", machine}}));
    latencies.push_back(millis_since(begun));
  }
  return percentiles(std::move(latencies));
}

Figures many_executions(std::uint16_t port, int connections, int count) {
  Client observer(port);
  const auto machine = create_machine(observer, "STANDARD");
  std::vector<std::vector<double>> latencies(static_cast<std::size_t>(connections));
  const auto begun = Clock::now();
  {
    std::vector<std::jthread> clients;
    for (auto& mine : latencies)
      clients.emplace_back([&, share = count / connections] {
        Client client(port);
        for (int i = 0; i < share; ++i) {
          const auto asked = Clock::now();
          start(client, machine);
          mine.push_back(millis_since(asked));
        }
      });
  }
  await_idle(observer, machine);
  const auto seconds = millis_since(begun) / 1'000;
  std::vector<double> all;
  for (const auto& each : latencies) all.insert(all.end(), each.begin(), each.end());
  auto figures = percentiles(all, "start_");
  figures["executions_per_s"] = static_cast<double>(all.size()) / seconds;
  return figures;
}

}  // namespace orch::bench
