#include "orchestrator/stepfunctions/integration.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "orchestrator/base/fault.h"
#include "orchestrator/stepfunctions/start.h"
#include "orchestrator/stepfunctions/task_words.h"
#include "orchestrator/store/open.h"

namespace orch::stepfunctions {

namespace bj = boost::json;

/// Where the workers find the service.
struct Integration::Line {
  std::mutex mutex;
  std::condition_variable connected;
  Service* service = nullptr;
  engine::Watchers* watchers = nullptr;
};

namespace {

// How often a task that waits looks whether it is to stop; and whether the row of its run has
// changed without an event.
constexpr Millis stop_interval{50};
constexpr Millis unsaid_interval{1'000};

/// The news that a call which has no answer yet waits for.
class News {
 public:
  News(engine::Watchers& watchers, const Call& call) : watchers_(watchers), call_(call) {}
  // One task of an activity wakes one call: where it was not taken, it is for the next.
  ~News() {
    if (woken_ && call_.handed_out.empty() &&
        std::holds_alternative<engine::ActivityName>(*subject_))
      watchers_.wake_one(*subject_);
  }
  News(const News&) = delete;
  News& operator=(const News&) = delete;

  /// Before the call: what comes from now on is news.
  void look() {
    subject_ = call_.subject;
    if (subject_) seen_ = watchers_.count(*subject_);
  }
  /// Returns when there is news, or there may be some that nobody tells of.
  void wait(workers::TaskContext& context) {
    woken_ = false;
    const auto bell = std::make_shared<Bell>();  // shared with the thread that rings it
    const auto added = subject_ && watchers_.add(*subject_, seen_, this, [bell] {
      const std::scoped_lock lock(bell->mutex);
      bell->rung = true;
      bell->changed.notify_one();
    });
    if (!added) return;
    const auto rung = [&] { return bell->rung; };
    const auto until = std::chrono::steady_clock::now() + unsaid_interval;
    std::unique_lock lock(bell->mutex);
    while (!rung() && !context.stop_requested() && std::chrono::steady_clock::now() < until)
      bell->changed.wait_for(lock, stop_interval, rung);
    lock.unlock();
    woken_ = !watchers_.take(this);
    if (!woken_) return;
    lock.lock();
    bell->changed.wait(lock, rung);
  }

 private:
  struct Bell {
    std::mutex mutex;
    std::condition_variable changed;
    bool rung = false;
  };

  engine::Watchers& watchers_;
  const Call& call_;
  std::optional<engine::Subject> subject_;
  engine::Watchers::Count seen_ = 0;
  bool woken_ = false;  ///< and has not found yet what for
};

class TaskStarts final : public engine::NestedStarts {
 public:
  TaskStarts(const std::string& store, Options options)
      : store_(store::open_beside_owner(store)), options_(std::move(options)) {}

  bj::value start(const bj::value& parameters, const Start& start) override {
    const auto request = request_of(parameters);
    const auto region = region_of(request);
    const Place place{region.empty() ? options_.region : region, options_.account};
    Parameters in(request);
    try {
      return answer_of(start_execution(in, {*store_, options_, place}, start), false);
    } catch (const ServiceError& error) {
      throw failure_of(error, false);
    }
  }

 private:
  std::unique_ptr<store::Store> store_;
  Options options_;
};

}  // namespace

Integration::Integration() : line_(std::make_shared<Line>()) {}
Integration::~Integration() = default;

void Integration::connect(Service& service, engine::Watchers& watchers) {
  {
    const std::scoped_lock lock(line_->mutex);
    line_->service = &service;
    line_->watchers = &watchers;
  }
  line_->connected.notify_all();
}

void Integration::add_workers(workers::Registry& registry) const {
  class Caller final : public workers::Worker {
   public:
    explicit Caller(std::shared_ptr<Line> line) : line_(std::move(line)) {}

    bj::value run(const workers::Task& task, workers::TaskContext& context) override {
      const auto operation = task_operation(task.resource);
      Call call;
      call.operation = operation.name;
      call.request = request_of(task.input);
      call.region = region_of(call.request);
      call.starter = engine::Starter{task.run, task.ticket};
      try {
        auto answer = ask(call, context);
        fault::point("service.called");
        return answer_of(std::move(answer), operation.sdk);
      } catch (const ServiceError& error) {
        throw failure_of(error, operation.sdk);
      }
    }

   private:
    bj::object ask(Call& call, workers::TaskContext& context) {
      auto& service = wait_for_service(context);
      News news(*line_->watchers, call);
      while (true) {
        news.look();
        call.gone = context.stop_requested();
        if (auto answer = service.call(call)) return std::move(*answer);
        if (context.stop_requested()) throw workers::Cancelled();
        context.heartbeat();
        if (call.completion)
          call.completion->wait();
        else
          news.wait(context);
      }
    }

    Service& wait_for_service(workers::TaskContext& context) {
      std::unique_lock lock(line_->mutex);
      while (!line_->service) {
        if (context.stop_requested()) throw workers::Cancelled();
        line_->connected.wait_for(lock, stop_interval);
      }
      return *line_->service;
    }

    std::shared_ptr<Line> line_;
  };
  registry.add(std::string(optimized_resource) + "startExecution*",
               std::make_unique<Caller>(line_));
  registry.add(std::string(sdk_resource) + "*", std::make_unique<Caller>(line_));
}

std::shared_ptr<engine::NestedStarts> starts_for_tasks(const std::string& store, Options options) {
  return std::make_shared<TaskStarts>(store, std::move(options));
}

}  // namespace orch::stepfunctions
