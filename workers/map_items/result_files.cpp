#include "workers/map_items/result_files.h"

#include <map>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "workers/library/bucket.h"
#include "workers/map_items/failure.h"

namespace orch::map_items {
namespace {

namespace bj = boost::json;

constexpr const char* writer_failed = "States.ResultWriterFailed";
// A file is written as a whole; this bounds what is in memory.
constexpr std::size_t file_bytes = std::size_t{32} << 20;

/// A child as DescribeExecution shows it.
bj::object described(const workers::ChildResult& child) {
  bj::object all;
  if (!child.cause.empty()) all["Cause"] = child.cause;
  if (!child.error.empty()) all["Error"] = child.error;
  all["ExecutionArn"] = child.arn;
  all["Input"] = child.input;
  all["InputDetails"] = {{"Included", true}};
  all["Name"] = child.name;
  if (child.output) {
    all["Output"] = *child.output;
    all["OutputDetails"] = {{"Included", true}};
  }
  all["RedriveCount"] = child.redrive_count;
  all["StartDate"] = to_iso(child.started_at);
  all["StateMachineArn"] = child.machine_arn;
  all["Status"] = child.status;
  all["StopDate"] = to_iso(child.ended_at);
  return all;
}

/// How results are spelled.
class Spelling {
 public:
  explicit Spelling(const execution::ResultWriterPlan& writer)
      : transformation_(writer.transformation), lines_(writer.json_lines) {}

  /// The texts that a child adds: several when its array is flattened.
  std::vector<std::string> of(const workers::ChildResult& child) const {
    if (transformation_ == "NONE" || !child.output) return {json::write(described(child))};
    if (transformation_ != "FLATTEN") return {*child.output};
    const auto output = json::parse(*child.output);
    if (!output.is_array()) return {*child.output};
    std::vector<std::string> parts;
    for (const auto& element : output.get_array()) parts.push_back(json::write(element));
    return parts;
  }

  const char* extension() const { return lines_ ? "jsonl" : "json"; }
  void append(std::string& file, const std::string& part) const {
    if (!lines_) file += file.empty() ? '[' : ',';
    file += part;
    if (lines_) file += '\n';
  }
  void close(std::string& file) const {
    if (!lines_) file += file.empty() ? "[]" : "]";
  }

 private:
  std::string transformation_;
  bool lines_;
};

class ResultFiles final : public workers::Results {
 public:
  ResultFiles(const execution::ResultWriterPlan& writer, std::string map_run_arn,
              std::function<bool()> stop)
      : spelling_(writer), map_run_arn_(std::move(map_run_arn)) {
    const auto& arguments = writer.arguments;
    if (arguments && arguments->is_object()) {
      bucket_name_ = json::text_member(arguments->get_object(), "Bucket");
      folder_ = json::text_member(arguments->get_object(), "Prefix");
    }
    if (bucket_name_.empty())
      throw workers::TaskFailed::with_cause(writer_failed, "the ResultWriter's Bucket is missing");
    while (folder_.ends_with('/')) folder_.pop_back();
    if (!folder_.empty()) folder_ += '/';
    folder_ += map_run_arn_.substr(map_run_arn_.rfind(':') + 1);
    bucket_ = library::open_bucket(bucket_name_, std::move(stop));
  }

  void add(const workers::ChildResult& child) override {
    const auto* kind =
        child.status == "SUCCEEDED" || child.status == "PENDING" ? child.status.c_str() : "FAILED";
    auto& files = kinds_[kind];
    for (const auto& part : spelling_.of(child)) {
      spelling_.append(files.open, part);
      if (files.open.size() >= file_bytes) write(kind, files);
    }
  }

  bj::value finish() override {
    for (auto& [kind, files] : kinds_) {
      if (!files.open.empty()) write(kind, files);
    }
    bj::object lists;
    for (const char* kind : {"FAILED", "PENDING", "SUCCEEDED"}) lists[kind] = kinds_[kind].written;
    const bj::object manifest{{"DestinationBucket", bucket_name_},
                              {"MapRunArn", map_run_arn_},
                              {"ResultFiles", std::move(lists)}};
    const auto key = folder_ + "/manifest.json";
    fault::point("results.before_manifest");
    bucket_->put(key, json::write(manifest));
    fault::point("results.after_manifest");
    return bj::object{{"Bucket", bucket_name_}, {"Key", key}};
  }

 private:
  struct Files {
    std::string open;
    bj::array written;
  };

  void write(const std::string& kind, Files& files) {
    spelling_.close(files.open);
    const auto key =
        fmt::format("{}/{}_{}.{}", folder_, kind, files.written.size(), spelling_.extension());
    fault::point("results.before_file");
    bucket_->put(key, files.open);
    files.written.push_back(bj::object{{"Key", key}, {"Size", files.open.size()}});
    files.open.clear();
  }

  Spelling spelling_;
  std::string map_run_arn_;
  std::string bucket_name_;
  std::string folder_;
  std::unique_ptr<library::Bucket> bucket_;
  std::map<std::string, Files> kinds_;
};

/// A writer without a bucket: the results become the state's own.
class ResultArray final : public workers::Results {
 public:
  explicit ResultArray(const execution::ResultWriterPlan& writer) : spelling_(writer) {}
  void add(const workers::ChildResult& child) override {
    if (child.status != "SUCCEEDED") return;
    for (const auto& part : spelling_.of(child)) results_.push_back(json::parse(part));
  }
  bj::value finish() override { return std::move(results_); }

 private:
  Spelling spelling_;
  bj::array results_;
};

/// Gives whatever fails the name that the service has for it.
class Named final : public workers::Results {
 public:
  explicit Named(std::unique_ptr<workers::Results> inner) : inner_(std::move(inner)) {}
  void add(const workers::ChildResult& child) override {
    named(writer_failed, [&] { inner_->add(child); });
  }
  bj::value finish() override {
    return named(writer_failed, [&] { return inner_->finish(); });
  }

 private:
  std::unique_ptr<workers::Results> inner_;
};

}  // namespace

std::unique_ptr<workers::Results> open_results(const execution::ResultWriterPlan& writer,
                                               const std::string& map_run_arn,
                                               std::function<bool()> stop) {
  return named(writer_failed, [&]() -> std::unique_ptr<workers::Results> {
    if (writer.resource.empty()) return std::make_unique<ResultArray>(writer);
    return std::make_unique<Named>(
        std::make_unique<ResultFiles>(writer, map_run_arn, std::move(stop)));
  });
}

}  // namespace orch::map_items
