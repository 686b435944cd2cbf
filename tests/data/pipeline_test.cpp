#include "workers/data/pipeline.h"

#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workers/worker.h"

namespace orch::data {
namespace {

using testing::HasSubstr;

/// Gives `count` rows with one integer each; calls `at` before each of them.
class Numbers final : public RowReader {
 public:
  explicit Numbers(std::int64_t count, std::function<void(std::int64_t)> at = {})
      : count_(count), at_(std::move(at)) {}
  void read(RowSink& sink, const std::function<bool()>& stop) override {
    RowBatch batch(1);
    for (std::int64_t number = 1; number <= count_; ++number) {
      if (number % 1000 == 0 && stop()) throw workers::Cancelled();
      if (at_) at_(number);
      batch.add()[0] = Cell(Cell::Type::integer, number);
      if (!batch.full()) continue;
      sink.rows(batch);
      batch.clear();
    }
    sink.rows(batch);
  }

 private:
  std::int64_t count_;
  std::function<void(std::int64_t)> at_;
};

/// A row is a decimal number and a line feed, with `padding` bytes before it.
class Lines final : public RowEncoder {
 public:
  explicit Lines(std::size_t padding = 0) : padding_(padding, '.') {}
  void encode(std::span<const Cell> cells, std::string& out) override {
    if (cells[0].integer == refused)
      throw workers::TaskFailed("Type.ValueRefused", "t.n: no", {}, "ORCH-0436");
    out += padding_ + std::to_string(cells[0].integer) + '\n';
  }
  static inline std::int64_t refused = -1;

 private:
  std::string padding_;
};

/// Keeps what is written in memory.
class MemoryLoad final : public Load {
 public:
  explicit MemoryLoad(int parts, std::function<void()> on_write = {})
      : writers_(static_cast<std::size_t>(parts), Writer{std::move(on_write), {}, false, 0}) {}
  int parts() const override { return static_cast<int>(writers_.size()); }
  RowWriter& part(int index) override { return writers_[static_cast<std::size_t>(index)]; }
  void commit(const Digest&, const boost::json::object&) override {}
  void give_up() noexcept override { given_up = true; }

  struct Writer final : RowWriter {
    Writer(std::function<void()> w, std::string t, bool f, std::size_t l)
        : on_write(std::move(w)), text(std::move(t)), finished(f), longest(l) {}
    void write(std::string_view rows) override {
      if (on_write) on_write();
      longest = std::max(longest, rows.size());
      EXPECT_EQ(rows.back(), '\n') << "a chunk ends inside a row";
      text.append(rows);
    }
    void finish() override { finished = true; }
    std::function<void()> on_write;
    std::string text;
    bool finished;
    std::size_t longest;
  };
  std::vector<Writer> writers_;
  bool given_up = false;
};

std::vector<std::unique_ptr<RowReader>> readers(std::initializer_list<std::int64_t> counts) {
  std::vector<std::unique_ptr<RowReader>> list;
  for (const auto count : counts) list.push_back(std::make_unique<Numbers>(count));
  return list;
}

std::unique_ptr<RowEncoder> lines() { return std::make_unique<Lines>(); }

MoveControl quiet() {
  return {[] { return false; }, [](std::int64_t, std::int64_t) {}};
}

Digest digest_of(std::int64_t count) {
  Digest digest;
  for (std::int64_t i = 1; i <= count; ++i) digest.add(std::to_string(i) + '\n');
  return digest;
}

class Pipeline : public testing::Test {
 protected:
  void SetUp() override { Lines::refused = -1; }
};

TEST_F(Pipeline, MovesEveryRowInOrder) {
  MemoryLoad load(1);
  std::int64_t told = 0;
  auto control = quiet();
  control.progress = [&](std::int64_t rows, std::int64_t) { told = rows; };
  const auto moved = move_rows(readers({200'000}), lines, load, control);
  EXPECT_EQ(moved.digest, digest_of(200'000));
  EXPECT_EQ(moved.bytes, static_cast<std::int64_t>(load.writers_[0].text.size()));
  EXPECT_EQ(told, 200'000);
  EXPECT_TRUE(load.writers_[0].finished);
  EXPECT_TRUE(load.writers_[0].text.starts_with("1\n2\n3\n"));
  EXPECT_TRUE(load.writers_[0].text.ends_with("\n199999\n200000\n"));
  EXPECT_LT(load.writers_[0].longest, 256u * 1024);
}

TEST_F(Pipeline, WhatWasMovedIsNotGivenUp) {
  MemoryLoad load(2);
  move_rows(readers({10, 10}), lines, load, quiet());
  EXPECT_FALSE(load.given_up) << "a slow commit would be stopped";
}

TEST_F(Pipeline, AFailureGivesTheLoadUp) {
  MemoryLoad load(1);
  Lines::refused = 5;
  EXPECT_THROW(move_rows(readers({10}), lines, load, quiet()), workers::TaskFailed);
  EXPECT_TRUE(load.given_up);
}

TEST_F(Pipeline, MovesNoRows) {
  MemoryLoad load(1);
  EXPECT_EQ(move_rows(readers({0}), lines, load, quiet()).digest, Digest{});
  EXPECT_TRUE(load.writers_[0].finished);
}

TEST_F(Pipeline, FewerPartsThanReadersAndMore) {
  for (const int parts : {1, 2, 5}) {
    MemoryLoad load(parts);
    const auto moved = move_rows(readers({50'000, 10, 30'000}), lines, load, quiet());
    auto expected = digest_of(50'000);
    expected += digest_of(10);
    expected += digest_of(30'000);
    EXPECT_EQ(moved.digest, expected) << parts;
    std::size_t bytes = 0;
    for (const auto& writer : load.writers_) {
      EXPECT_TRUE(writer.finished);
      bytes += writer.text.size();
    }
    EXPECT_EQ(moved.bytes, static_cast<std::int64_t>(bytes));
  }
}

TEST_F(Pipeline, TellsWhereTheTimeWent) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds each{2};
  int writes = 0;
  MemoryLoad load(1, [&] {
    ++writes;
    for (const auto until = Clock::now() + each; Clock::now() < until;) std::this_thread::yield();
  });
  const auto begun = Clock::now();
  const auto times = move_rows(readers({200'000}), lines, load, quiet()).times;
  const auto all = Clock::now() - begun;
  EXPECT_GT(writes, 1);
  EXPECT_GE(times.target, writes * each);
  EXPECT_LE(times.target + times.waited_for_source, all);
  EXPECT_GT(times.encode.count(), 0);
  EXPECT_GT(times.source.count(), 0);
  EXPECT_LE(times.source + times.encode + times.waited_for_target, all);
}

TEST_F(Pipeline, RowsLongerThanAChunk) {
  MemoryLoad load(1);
  const auto moved = move_rows(
      readers({20}), [] { return std::make_unique<Lines>(1 << 20); }, load, quiet());
  EXPECT_EQ(moved.digest.rows, 20);
  EXPECT_GT(moved.bytes, 20 << 20);
}

TEST_F(Pipeline, TheReaderDoesNotRunAheadOfTheWriter) {
  constexpr std::int64_t all = 100'000;  // 10 MB with their padding
  std::mutex mutex;
  std::condition_variable advanced;
  std::int64_t read = 0;
  std::vector<std::unique_ptr<RowReader>> one;
  one.push_back(std::make_unique<Numbers>(all, [&](std::int64_t i) {
    const std::scoped_lock lock(mutex);
    read = i;
    advanced.notify_all();
  }));
  bool first = true;
  MemoryLoad load(1, [&] {
    std::unique_lock lock(mutex);
    if (!std::exchange(first, false)) return;
    // Without a bound the reader would come to its end while nothing is taken from it.
    EXPECT_FALSE(
        advanced.wait_for(lock, std::chrono::milliseconds(300), [&] { return read == all; }));
    EXPECT_LT(read * 101, 7 * 140 * 1024);
  });
  move_rows(
      std::move(one), [] { return std::make_unique<Lines>(100); }, load, quiet());
}

TEST_F(Pipeline, ARefusedValueIsNamedWithItsRow) {
  MemoryLoad load(1);
  Lines::refused = 777;
  try {
    move_rows(readers({1000}), lines, load, quiet());
    FAIL() << "moved";
  } catch (const workers::TaskFailed& failure) {
    EXPECT_STREQ(failure.what(), "t.n: no (row 777 of the read)");
    EXPECT_THAT(failure.cause(), HasSubstr("\"row\":777"));
  }
  EXPECT_FALSE(load.writers_[0].finished);
}

TEST_F(Pipeline, TheWritersFailureWinsOverTheReadersThatItStops) {
  MemoryLoad load(2, [] { throw std::runtime_error("disk full"); });
  EXPECT_THROW(
      {
        try {
          move_rows(readers({10'000'000, 10'000'000}), lines, load, quiet());
        } catch (const std::runtime_error& error) {
          EXPECT_STREQ(error.what(), "disk full");
          throw;
        }
      },
      std::runtime_error);
}

TEST_F(Pipeline, TheReadersFailureWinsOverTheWriterThatWaits) {
  MemoryLoad load(1);
  std::vector<std::unique_ptr<RowReader>> one;
  one.push_back(std::make_unique<Numbers>(10, [](std::int64_t i) {
    if (i == 5) throw std::runtime_error("connection cut");
  }));
  EXPECT_THROW(move_rows(std::move(one), lines, load, quiet()), std::runtime_error);
  EXPECT_FALSE(load.writers_[0].finished);
}

TEST_F(Pipeline, AStopEndsBothSides) {
  MemoryLoad load(1);
  auto control = quiet();
  control.stop = [] { return true; };
  std::vector<std::unique_ptr<RowReader>> endless;
  endless.push_back(std::make_unique<Numbers>(std::numeric_limits<std::int64_t>::max()));
  EXPECT_THROW(move_rows(std::move(endless), lines, load, control), workers::Cancelled);
  EXPECT_FALSE(load.writers_[0].finished);
}

TEST_F(Pipeline, DigestOnlyReadsTheSame) {
  EXPECT_EQ(digest_rows(readers({1000, 20}), lines, quiet()).digest, [] {
    auto sum = digest_of(1000);
    return sum += digest_of(20);
  }());
}

}  // namespace
}  // namespace orch::data
