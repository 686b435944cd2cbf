#include "bench/child.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orchestrator/json/text.h"

namespace orch::bench {
namespace {

void send_line(int pipe, const Figures& figures) {
  boost::json::object object;
  for (const auto& [name, value] : figures) object[name] = value;
  const auto line = json::write(object) + '\n';
  if (write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void add_usage(Figures& figures) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  figures["peak_mb"] = static_cast<double>(usage.ru_maxrss) / 1024;
  figures["cpu_s"] = seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Child::Child(const std::function<void(const Send&)>& body) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  std::fflush(nullptr);
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("no process");
  pipe_ = ends[0];
  if (pid_ > 0) {
    close(ends[1]);
    return;
  }
  close(ends[0]);
  try {
    body([&](const Figures& figures) { send_line(ends[1], figures); });
    _exit(0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    _exit(1);
  }
}

Child::~Child() {
  kill();
  close(pipe_);
}

Figures Child::receive() {
  std::string line;
  for (char c = 0; read(pipe_, &c, 1) == 1 && c != '\n';) line += c;
  if (line.empty()) throw std::runtime_error("a measurement ended without a result");
  Figures figures;
  const auto value = json::parse(line);
  for (const auto& [name, figure] : value.as_object())
    figures[std::string(name)] = figure.to_number<double>();
  return figures;
}

void Child::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

Figures measured(const std::function<Figures()>& body) {
  Child child([&](const Child::Send& send) {
    auto figures = body();
    add_usage(figures);
    send(figures);
  });
  return child.receive();
}

}  // namespace orch::bench
