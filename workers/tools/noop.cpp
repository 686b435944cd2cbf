#include "workers/tools/tools.h"

namespace orch::tools {
namespace {

class Noop final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext&) override {
    return task.input;
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_noop() { return std::make_unique<Noop>(); }

}  // namespace orch::tools
