// A source that stands still after a first row, for as long as a test wants.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "workers/data/source.h"

namespace orch::test {

/// Where readers wait. Thread-safe.
class Gate {
 public:
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    reached_ = false;
  }
  void open() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = false;
    }
    changed_.notify_all();
  }
  /// Blocks while it is closed.
  void pass() {
    std::unique_lock lock(mutex_);
    if (closed_) reached_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !closed_; });
  }
  /// True once somebody waits in pass().
  bool wait_until_reached(std::chrono::seconds longest) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [this] { return reached_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  bool reached_ = false;
};

class PausedSink final : public data::RowSink {
 public:
  PausedSink(data::RowSink& sink, Gate& gate) : sink_(sink), gate_(gate) {}
  void rows(const data::RowBatch& batch) override {
    sink_.rows(batch);
    gate_.pass();
  }
  void encoded(std::string_view row) override {
    sink_.encoded(row);
    gate_.pass();
  }

 private:
  data::RowSink& sink_;
  Gate& gate_;
};

class PausedReader final : public data::RowReader {
 public:
  PausedReader(std::unique_ptr<data::RowReader> reader, Gate& gate)
      : reader_(std::move(reader)), gate_(gate) {}
  void read(data::RowSink& sink, const std::function<bool()>& stop) override {
    PausedSink paused(sink, gate_);
    reader_->read(paused, stop);
  }

 private:
  std::unique_ptr<data::RowReader> reader_;
  Gate& gate_;
};

/// `source`, whose readers wait after each batch of rows between pause() and release().
class PausedSource final : public data::Source {
 public:
  explicit PausedSource(std::unique_ptr<data::Source> source) : source_(std::move(source)) {}

  void pause() { gate_.close(); }
  void release() { gate_.open(); }
  bool wait_until_paused(std::chrono::seconds longest) { return gate_.wait_until_reached(longest); }

  std::string engine() const override { return source_->engine(); }
  data::Traits traits() const override { return source_->traits(); }
  std::vector<data::Listed> list() override { return source_->list(); }
  std::vector<std::string> schemas() override { return source_->schemas(); }
  bool empty(const data::Relation& relation) override { return source_->empty(relation); }
  data::Table describe(const data::Relation& relation) override {
    return source_->describe(relation);
  }
  std::vector<std::unique_ptr<data::RowReader>> open(const data::ReadRequest& request) override {
    auto readers = source_->open(request);
    for (auto& reader : readers) reader = std::make_unique<PausedReader>(std::move(reader), gate_);
    return readers;
  }
  std::optional<std::string> high_watermark(const data::Relation& from, const std::string& column,
                                            const std::string& where) override {
    return source_->high_watermark(from, column, where);
  }
  std::optional<data::WatermarkState> watermark() override { return source_->watermark(); }
  boost::json::object position() override { return source_->position(); }

 private:
  std::unique_ptr<data::Source> source_;
  Gate gate_;
};

}  // namespace orch::test
