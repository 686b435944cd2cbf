#include "workers/replication/unchanged.h"

#include <atomic>
#include <deque>
#include <future>
#include <utility>

#include "workers/replication/table_task.h"

namespace orch::replication {
namespace {

/// Reads the published rows on a thread of its own, until it ends or nobody wants to know.
class PublishedDigest {
 public:
  PublishedDigest(const Work& work, const data::LoadPlan& plan, data::Target& target)
      : found_(std::async(std::launch::async, [this, &work, &plan, &target] {
          return target.published_digest(plan, std::nullopt, [this, &work] {
            return unwanted_.load() || work.context.stop_requested();
          });
        })) {}
  PublishedDigest(const PublishedDigest&) = delete;
  PublishedDigest& operator=(const PublishedDigest&) = delete;
  ~PublishedDigest() {
    unwanted_ = true;
    if (found_.valid()) found_.wait();
  }

  data::Digest get() { return found_.get(); }

 private:
  std::atomic<bool> unwanted_ = false;
  std::future<data::Digest> found_;
};

}  // namespace

bool likely_unchanged(const data::LoadPlan& plan, const std::optional<data::PublishedRecord>& last,
                      const std::string& mark) {
  if (!last || last->emptied || mark.empty() || plan.create || plan.request.alone) return false;
  if (!data::facts_of(plan.request.strategy).whole_table) return false;
  if (!data::facts_of(last->strategy).whole_table) return false;
  const auto* before = last->position.if_contains("source_mark");
  return before && *before == boost::json::string(mark) && last->fingerprint == plan.fingerprint;
}

std::optional<data::Moved> read_unchanged(const Work& work, const data::LoadPlan& plan,
                                          const std::optional<data::PublishedRecord>& last,
                                          const std::string& mark, data::Source& source,
                                          data::Target& target) {
  if (!likely_unchanged(plan, last, mark)) return std::nullopt;
  auto readers = source.open(read_request(work.entry, plan, std::nullopt));
  std::deque<std::unique_ptr<data::RowEncoder>> encoders;  // before another thread asks the target
  for (std::size_t i = 0; i < readers.size(); ++i) encoders.push_back(target.encoder(plan));
  PublishedDigest published(work, plan, target);
  const auto next = [&] {
    auto encoder = std::move(encoders.front());
    encoders.pop_front();
    return encoder;
  };
  const auto read =
      data::digest_rows(std::move(readers), next,
                        move_control(work, "comparing", plan.request.source.estimated_rows));
  if (read.digest != last->digest || published.get() != last->digest) return std::nullopt;
  return read;
}

}  // namespace orch::replication
