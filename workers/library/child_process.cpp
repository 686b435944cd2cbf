#include "workers/library/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "workers/worker.h"

namespace orch::library {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds poll_interval{100};
constexpr std::chrono::seconds grace{2};
constexpr std::size_t tail_bytes = 4096;
constexpr std::size_t error_bytes_at_once = 1 << 20;

[[noreturn]] void not_started(const ProgramCall& call, int error, const std::string& hint) {
  throw workers::TaskFailed(
      "Process.NotStarted",
      fmt::format("{}: {}", call.argv.front(), std::generic_category().message(error)), hint,
      "ORCH-0610");
}

/// Owns a file descriptor.
class Handle {
 public:
  explicit Handle(int fd = -1) : fd_(fd) {}
  Handle(Handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Handle() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct Pipe {
  Handle read, write;
};

Pipe make_pipe(const ProgramCall& call) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) not_started(call, errno, "");
  Pipe pipe{Handle(ends[0]), Handle(ends[1])};
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

/// A file in memory that holds the input: unlike a pipe it cannot fill up, or break under a
/// program that does not read.
Handle make_input(const ProgramCall& call) {
  Handle file(memfd_create("orch-input", MFD_CLOEXEC));
  if (!file.open()) not_started(call, errno, "");
  for (std::size_t done = 0; done < call.input.size();) {
    const auto n = write(file.get(), call.input.data() + done, call.input.size() - done);
    if (n < 0 && errno != EINTR) not_started(call, errno, "");
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// What posix_spawn wants to know: the child's streams, folder, group and signals.
class SpawnPlan {
 public:
  SpawnPlan(const ProgramCall& call, int input, int output, int error) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, error, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (!call.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions_, call.folder.c_str());
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Pointers to `texts`, with the null at the end that exec wants.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

/// A handle that is readable once the process has ended. Not by glibc's pidfd_open(): the header of
/// 2.36 declares it without C linkage.
int open_process(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

class Child {
 public:
  explicit Child(const ProgramCall& call);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills what still runs, so that an exception leaves no process behind.
  ~Child() {
    if (reaped_) return;
    signal_group(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  /// Takes output until something happened or the interval is over; true when the program ended.
  bool wait_a_little();
  /// Takes what is in the pipes still, and the exit status.
  void finish(ProgramEnd& end);
  void signal_group(int signal) const { kill(-pid_, signal); }
  std::size_t output_bytes() const { return output_.size(); }

 private:
  void drain();

  pid_t pid_ = -1;
  bool reaped_ = false;
  std::size_t most_output_;
  Handle exited_;  ///< readable once the program ended
  Pipe stdout_, stderr_;
  std::string output_, errors_;
};

Child::Child(const ProgramCall& call)
    : most_output_(call.max_output_bytes), stdout_(make_pipe(call)), stderr_(make_pipe(call)) {
  const auto input = make_input(call);
  const SpawnPlan plan(call, input.get(), stdout_.write.get(), stderr_.write.get());
  const auto arguments = pointers(call.argv);
  const auto environment = pointers(call.environment);
  const int error = posix_spawnp(&pid_, arguments[0], plan.actions(), plan.attributes(),
                                 arguments.data(), environment.data());
  if (error != 0)
    not_started(call, error, "argv[0] must be a program in PATH or a path, and folder must exist");
  stdout_.write.close();
  stderr_.write.close();
  exited_ = Handle(open_process(pid_));
}

bool Child::wait_a_little() {
  std::array<pollfd, 3> watched = {{{exited_.get(), POLLIN, 0},
                                    {stdout_.read.get(), POLLIN, 0},
                                    {stderr_.read.get(), POLLIN, 0}}};
  poll(watched.data(), watched.size(), static_cast<int>(poll_interval.count()));
  drain();
  return (watched[0].revents & POLLIN) != 0;
}

/// Moves at most `most` bytes of what `pipe` holds to `into`; closes it at its end.
void take(Handle& pipe, std::size_t most, std::string& into) {
  std::array<char, 65536> buffer;
  while (pipe.open() && most > 0) {
    const auto n = read(pipe.get(), buffer.data(), std::min(most, buffer.size()));
    if (n == 0) pipe.close();
    if (n < 0 && errno != EINTR) return;
    if (n <= 0) continue;
    into.append(buffer.data(), static_cast<std::size_t>(n));
    most -= static_cast<std::size_t>(n);
  }
}

void Child::drain() {
  take(stdout_.read, most_output_ + 1 - output_.size(), output_);
  if (output_.size() > most_output_) stdout_.read.close();
  take(stderr_.read, error_bytes_at_once, errors_);
  if (errors_.size() > tail_bytes) errors_.erase(0, errors_.size() - tail_bytes);
}

void Child::finish(ProgramEnd& end) {
  // Before the program is reaped: until then its group's number cannot be another group's.
  signal_group(SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  drain();
  end.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  if (WIFSIGNALED(status) && end.kind == ProgramEnd::Kind::exited)
    end.kind = ProgramEnd::Kind::signalled;
  end.output = std::move(output_);
  end.error_tail = std::move(errors_);
}

}  // namespace

ProgramEnd run_program(const ProgramCall& call, const std::function<void()>& tick) {
  Child child(call);
  ProgramEnd end;
  const auto deadline = Clock::now() + call.timeout;
  auto kill_at = Clock::time_point::max();
  const auto terminate = [&](ProgramEnd::Kind why) {
    end.kind = why;
    kill_at = Clock::now() + grace;
    child.signal_group(SIGTERM);
  };
  while (!child.wait_a_little()) {
    tick();
    const bool ending = kill_at != Clock::time_point::max();
    if (Clock::now() >= kill_at) child.signal_group(SIGKILL);
    if (!ending && child.output_bytes() > call.max_output_bytes)
      terminate(ProgramEnd::Kind::output_too_large);
    else if (!ending && Clock::now() >= deadline)
      terminate(ProgramEnd::Kind::timed_out);
  }
  child.finish(end);
  if (end.output.size() > call.max_output_bytes && end.kind != ProgramEnd::Kind::timed_out)
    end.kind = ProgramEnd::Kind::output_too_large;
  return end;
}

}  // namespace orch::library
