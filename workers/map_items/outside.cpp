#include <utility>

#include "workers/map_items/documents.h"
#include "workers/map_items/failure.h"
#include "workers/map_items/items.h"
#include "workers/map_items/result_files.h"

namespace orch::map_items {
namespace {

constexpr const char* reader_error = "States.ItemReaderFailed";

/// At most MaxItems of them, with the bucket they come from.
class BucketItems final : public workers::Items {
 public:
  BucketItems(const ReaderPlan& plan, std::function<bool()> stop)
      : bucket_(library::open_bucket(plan.bucket, std::move(stop))),
        items_(plan.listing ? open_listing(*bucket_, plan)
                            : open_document(*bucket_, plan.key, plan)),
        limit_(plan.max_items) {}

  std::optional<std::string> next() override {
    if (limit_ > 0 && given_ == limit_) return std::nullopt;
    ++given_;
    return named(reader_error, [&] { return items_->next(); });
  }

 private:
  std::unique_ptr<library::Bucket> bucket_;
  std::unique_ptr<workers::Items> items_;
  std::int64_t limit_;
  std::int64_t given_ = 0;
};

/// The bucket among the arguments of a reader or writer.
void check(const std::optional<boost::json::value>& arguments, const access::Policy* access) {
  if (!access || !arguments) return;
  for (const auto& demand : access::bucket_demands(*arguments))
    workers::deny(access->refuse(demand, {}));
}

class BucketOutside final : public workers::Outside {
 public:
  std::unique_ptr<workers::Items> items(const execution::ItemReaderPlan& reader,
                                        const access::Policy* access,
                                        std::function<bool()> stop) override {
    check(reader.arguments, access);
    return named(reader_error, [&] {
      return std::make_unique<BucketItems>(read_reader_plan(reader), std::move(stop));
    });
  }

  std::unique_ptr<workers::Results> results(const execution::ResultWriterPlan& writer,
                                            const std::string& map_run_arn,
                                            const access::Policy* access,
                                            std::function<bool()> stop) override {
    check(writer.arguments, access);
    return open_results(writer, map_run_arn, std::move(stop));
  }
};

}  // namespace

std::unique_ptr<workers::Outside> make_outside() { return std::make_unique<BucketOutside>(); }

}  // namespace orch::map_items
