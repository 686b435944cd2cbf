#include "orchestrator/stepfunctions/integration.h"

#include <condition_variable>
#include <thread>
#include <utility>

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
};

namespace {

constexpr Millis look_interval{50};

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

void Integration::connect(Service& service) {
  {
    const std::scoped_lock lock(line_->mutex);
    line_->service = &service;
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
      while (true) {
        if (auto answer = service.call(call)) return std::move(*answer);
        if (context.stop_requested()) throw workers::Cancelled();
        context.heartbeat();
        if (call.completion) {
          call.completion->wait();
          continue;
        }
        std::this_thread::sleep_for(look_interval);  // a long poll: ask again
      }
    }

    Service& wait_for_service(workers::TaskContext& context) {
      std::unique_lock lock(line_->mutex);
      while (!line_->service) {
        if (context.stop_requested()) throw workers::Cancelled();
        line_->connected.wait_for(lock, look_interval);
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
