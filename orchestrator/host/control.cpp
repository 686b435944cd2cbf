#include "orchestrator/host/control.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::host {
namespace {

namespace net = boost::asio;
namespace bj = boost::json;
using Socket = net::local::stream_protocol::socket;

// Definitions and inputs travel in one line.
constexpr std::size_t longest_line = std::size_t{64} << 20;
constexpr std::chrono::seconds slowest_client{10};
// An operation may take long: the others are answered meanwhile.
constexpr int server_threads = 4;
// A socket's path has room for 107 bytes.
constexpr std::size_t longest_path = 107;

/// A path for the socket that always fits: a long folder is reached through a descriptor.
class SocketPath {
 public:
  explicit SocketPath(const std::filesystem::path& store) {
    auto whole = std::filesystem::absolute(store);
    whole += ".sock";
    path_ = whole.string();
    if (path_.size() <= longest_path) return;
    folder_ = ::open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    path_ = fmt::format("/proc/self/fd/{}/{}", folder_, whole.filename().string());
    if (folder_ < 0 || path_.size() > longest_path)
      throw Error("ORCH-0007",
                  fmt::format("the path of the socket beside {} is too long", store.string()),
                  "choose a shorter file name with --store");
  }
  ~SocketPath() {
    if (folder_ >= 0) ::close(folder_);
  }
  SocketPath(const SocketPath&) = delete;
  SocketPath& operator=(const SocketPath&) = delete;

  const std::string& text() const { return path_; }

 private:
  std::string path_;
  int folder_ = -1;
};

bj::object problem_object(const Problem& problem) {
  return {{"pointer", problem.pointer}, {"message", problem.message}, {"hint", problem.hint},
          {"line", problem.line},       {"column", problem.column},   {"warning", problem.warning}};
}

Problem problem_of(const bj::object& object) {
  Problem problem{json::text_member(object, "pointer"), json::text_member(object, "message"),
                  json::text_member(object, "hint")};
  problem.line = object.at("line").to_number<int>();
  problem.column = object.at("column").to_number<int>();
  problem.warning = object.at("warning").as_bool();
  return problem;
}

[[noreturn]] void rethrow(const bj::object& error) {
  const auto code = json::text_member(error, "code");
  if (const auto* list = error.if_contains("problems")) {
    std::vector<Problem> problems;
    for (const auto& each : list->as_array()) problems.push_back(problem_of(each.as_object()));
    throw InvalidDocument(code, json::text_member(error, "file"), std::move(problems));
  }
  throw Error(code, json::text_member(error, "message"), json::text_member(error, "hint"));
}

/// One client. Lives as long as one of its handlers is pending.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, const ControlServer::Answer& answer)
      : socket_(std::move(socket)), patience_(socket_.get_executor()), answer_(answer) {}

  void start() {
    const auto self = shared_from_this();
    patience_.expires_after(slowest_client);
    patience_.async_wait([self](const boost::system::error_code& cancelled) {
      if (!cancelled) self->socket_.close();
    });
    net::async_read_until(socket_, net::dynamic_buffer(line_, longest_line), '\n',
                          [self](const boost::system::error_code& failed, std::size_t size) {
                            if (!failed) self->reply(size);
                          });
  }

 private:
  void reply(std::size_t size) {
    patience_.cancel();
    line_.resize(size);
    bj::object answer;
    try {
      answer = answer_(json::parse(line_).as_object());
    } catch (const std::exception& error) {
      answer = error_answer(error);
    }
    line_ = json::write(answer) + '\n';
    net::async_write(socket_, net::buffer(line_),
                     [self = shared_from_this()](const boost::system::error_code&, std::size_t) {});
  }

  Socket socket_;
  net::steady_timer patience_;
  const ControlServer::Answer& answer_;
  std::string line_;
};

}  // namespace

struct ControlServer::Impl {
  Impl(const std::filesystem::path& store, Answer the_answer)
      : path(store), answer(std::move(the_answer)), acceptor(context) {
    ::unlink(path.text().c_str());
    try {
      acceptor.open();
      // Linux gives the file the mode of the socket, so no other user can connect in between.
      if (::fchmod(acceptor.native_handle(), private_modes.file) != 0)
        throw boost::system::system_error(errno, boost::system::generic_category());
      acceptor.bind({path.text()});
      acceptor.listen();
    } catch (const boost::system::system_error& error) {
      throw Error("ORCH-0007",
                  fmt::format("the socket beside {}: {}", store.string(), error.code().message()),
                  "the store must stand on a local file system whose folder you can write");
    }
    accept();
    for (auto& thread : threads) thread = std::thread([this] { context.run(); });
  }

  ~Impl() {
    context.stop();
    for (auto& thread : threads) thread.join();
    ::unlink(path.text().c_str());
  }

  void accept() {
    const net::any_io_executor strand = net::make_strand(context);
    acceptor.async_accept(strand, [this](const boost::system::error_code& failed, Socket socket) {
      if (failed) {
        // Out of descriptors, say: those that wait in the queue get their turn later.
        log::warn("control socket: {}", failed.message());
        pause.expires_after(std::chrono::milliseconds(100));
        pause.async_wait([this](const boost::system::error_code&) { accept(); });
        return;
      }
      const auto executor = socket.get_executor();
      net::post(executor, [session = std::make_shared<Session>(std::move(socket), answer)] {
        session->start();
      });
      accept();
    });
  }

  SocketPath path;
  Answer answer;
  net::io_context context{server_threads};
  net::local::stream_protocol::acceptor acceptor;
  net::steady_timer pause{context};
  std::array<std::thread, server_threads> threads;
};

ControlServer::ControlServer(const std::filesystem::path& store, Answer answer)
    : impl_(std::make_unique<Impl>(store, std::move(answer))) {}

ControlServer::~ControlServer() = default;

bool takes_requests(const std::filesystem::path& store) {
  const SocketPath path(store);
  net::io_context context;
  Socket socket(context);
  boost::system::error_code failed;
  socket.connect({path.text()}, failed);
  return !failed;
}

std::optional<bj::object> ask_owner(const std::filesystem::path& store, const bj::object& request,
                                    Millis patience) {
  const SocketPath path(store);
  net::io_context context;
  Socket socket(context);
  boost::system::error_code failed;
  socket.connect({path.text()}, failed);
  if (failed) return std::nullopt;
  const auto question = json::write(request) + '\n';
  std::string line;
  net::async_write(
      socket, net::buffer(question), [&](const boost::system::error_code& unsent, std::size_t) {
        failed = unsent;
        if (unsent) return;
        net::async_read_until(
            socket, net::dynamic_buffer(line, longest_line), '\n',
            [&](const boost::system::error_code& unheard, std::size_t) { failed = unheard; });
      });
  context.run_for(patience);
  if (!context.stopped())
    throw Error("ORCH-0007",
                fmt::format("the owner of {} has not answered for {} s", store.string(),
                            std::chrono::duration_cast<std::chrono::seconds>(patience).count()),
                "`orch status` names it; continue or end that process, then ask again: what it has "
                "heard happens once");
  if (failed) return std::nullopt;
  auto answer = json::parse(line).as_object();
  if (answer.contains("retry")) return std::nullopt;
  if (const auto* error = answer.if_contains("error")) rethrow(error->as_object());
  return answer;
}

bj::object error_answer(const std::exception& error) {
  bj::object out{{"code", "ORCH-0007"}, {"message", error.what()}};
  if (const auto* ours = dynamic_cast<const Error*>(&error)) {
    out["code"] = ours->code();
    out["hint"] = ours->hint();
  }
  if (const auto* invalid = dynamic_cast<const InvalidDocument*>(&error)) {
    out["file"] = invalid->file();
    bj::array problems;
    for (const auto& problem : invalid->problems()) problems.push_back(problem_object(problem));
    out["problems"] = std::move(problems);
  }
  return {{"error", std::move(out)}};
}

}  // namespace orch::host
