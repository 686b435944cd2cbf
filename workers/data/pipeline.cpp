#include "workers/data/pipeline.h"

#include <atomic>
#include <deque>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/data/crew.h"
#include "workers/data/failure.h"
#include "workers/data/ring.h"

namespace orch::data {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t chunk_bytes = std::size_t{128} * 1024;
constexpr std::size_t ring_slots = 4;

/// One reader's end of the move. Runs on the reader's thread; the counters are read by others.
class PartSink final : public RowSink {
 public:
  /// `ring` null: only the digest is wanted. `part` from 1; 0 when it is the only one.
  PartSink(std::unique_ptr<RowEncoder> encoder, Ring* ring, std::size_t part)
      : encoder_(std::move(encoder)), ring_(ring), part_(part) {
    chunk_.reserve(chunk_bytes);
  }

  void rows(const RowBatch& batch) override {
    const auto begun = Clock::now();
    const auto pushing = pushing_;
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      const auto start = chunk_.size();
      try {
        encoder_->encode(batch.row(i), chunk_);
      } catch (const workers::TaskFailed& failure) {
        throw with_row(failure, batch.rowid(i));
      }
      took(std::string_view(chunk_).substr(start));
    }
    encoding_ += Clock::now() - begun - (pushing_ - pushing);
  }

  void encoded(std::string_view row) override {
    if (ring_) chunk_.append(row);
    took(row);
  }

  void read(RowReader& reader, const std::function<bool()>& stop) {
    const auto begun = Clock::now();
    reader.read(*this, stop);
    reading_ = Clock::now() - begun - encoding_ - pushing_;
    if (!ring_) return;
    if (!chunk_.empty()) push();
    ring_->close();
  }

  /// Once it has read.
  void add_times(MoveTimes& times) const {
    times.source += reading_;
    times.encode += encoding_;
    times.waited_for_target += pushing_;
  }

  const Digest& digest() const { return digest_; }
  std::int64_t rows_read() const { return rows_.load(std::memory_order_relaxed); }
  std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  void took(std::string_view row) {
    digest_.add(row);
    total_ += static_cast<std::int64_t>(row.size());
    rows_.store(digest_.rows, std::memory_order_relaxed);
    bytes_.store(total_, std::memory_order_relaxed);
    if (!ring_)
      chunk_.clear();
    else if (chunk_.size() >= chunk_bytes)
      flush();
  }

  void push() {
    const auto begun = Clock::now();
    ring_->push(chunk_);
    pushing_ += Clock::now() - begun;
  }

  void flush() {
    push();
    // One huge row must not keep its buffer in every slot for the rest of the table.
    if (chunk_.capacity() > 8 * chunk_bytes) chunk_.shrink_to_fit();
    chunk_.reserve(chunk_bytes + chunk_bytes / 8);
  }

  workers::TaskFailed with_row(const workers::TaskFailed& failure,
                               std::optional<std::int64_t> rowid) const {
    const auto number = digest_.rows + 1;
    auto place = fmt::format(" (row {} of the read", number);
    if (part_ > 0) place += fmt::format(" of part {}", part_);
    boost::json::object details{{"row", number}};
    if (part_ > 0) details["part"] = part_;
    place += ")";
    if (rowid) {
      place += fmt::format(" (rowid {})", *rowid);
      details["rowid"] = *rowid;
    }
    return amended(failure, place, details);
  }

  std::unique_ptr<RowEncoder> encoder_;
  Ring* ring_;
  std::size_t part_;
  std::string chunk_;
  Digest digest_;
  std::int64_t total_ = 0;
  MoveTimes::Time reading_{};
  MoveTimes::Time encoding_{};
  MoveTimes::Time pushing_{};
  std::atomic<std::int64_t> rows_ = 0;
  std::atomic<std::int64_t> bytes_ = 0;
};

void write_part(Ring& ring, RowWriter& writer, MoveTimes& times) {
  std::string chunk;
  auto begun = Clock::now();
  const auto took = [&begun] {
    const auto before = std::exchange(begun, Clock::now());
    return begun - before;
  };
  while (ring.pop(chunk)) {
    times.waited_for_source += took();
    fault::point("stage.in_copy");
    writer.write(chunk);
    times.target += took();
  }
  times.waited_for_source += took();
  writer.finish();
  times.target += took();
}

std::deque<PartSink> make_sinks(std::size_t readers, const MakeEncoder& encoder,
                                std::deque<Ring>& rings) {
  std::deque<PartSink> sinks;
  for (std::size_t i = 0; i < readers; ++i)
    sinks.emplace_back(encoder(), rings.empty() ? nullptr : &rings[i % rings.size()],
                       readers > 1 ? i + 1 : 0);
  return sinks;
}

void start_readers(Crew& crew, std::vector<std::unique_ptr<RowReader>>& readers,
                   std::deque<PartSink>& sinks) {
  for (std::size_t i = 0; i < readers.size(); ++i) {
    crew.start([&crew, reader = readers[i].get(), sink = &sinks[i]] {
      sink->read(*reader, [&crew] { return crew.halted(); });
    });
  }
}

/// Waits for the crew while telling how far the sinks are; then the sum of all.
Moved join_all(Crew& crew, const std::deque<PartSink>& sinks, const MoveControl& control) {
  const auto tell = [&] {
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    for (const auto& sink : sinks) {
      rows += sink.rows_read();
      bytes += sink.bytes();
    }
    control.progress(rows, bytes);
  };
  crew.join(control.stop, tell);
  tell();
  Moved moved;
  for (const auto& sink : sinks) {
    moved.digest += sink.digest();
    moved.bytes += sink.bytes();
    sink.add_times(moved.times);
  }
  return moved;
}

/// A ring for each part of the load, with as many producers as readers feed it.
std::deque<Ring> make_rings(std::size_t parts, std::size_t readers) {
  std::deque<Ring> rings;
  for (std::size_t i = 0; i < parts; ++i)
    rings.emplace_back(ring_slots, readers / parts + (i < readers % parts ? 1 : 0));
  return rings;
}

}  // namespace

Moved move_rows(std::vector<std::unique_ptr<RowReader>> readers, const MakeEncoder& encoder,
                Load& load, const MoveControl& control) {
  auto rings = make_rings(static_cast<std::size_t>(load.parts()), readers.size());
  auto sinks = make_sinks(readers.size(), encoder, rings);
  std::vector<MoveTimes> written(rings.size());
  Crew crew([&rings, &load] {
    for (auto& ring : rings) ring.abort();
    load.give_up();
  });
  for (std::size_t i = 0; i < rings.size(); ++i)
    crew.start([&load, &ring = rings[i], &times = written[i], i] {
      write_part(ring, load.part(static_cast<int>(i)), times);
    });
  start_readers(crew, readers, sinks);
  auto moved = join_all(crew, sinks, control);
  for (const auto& times : written) {
    moved.times.target += times.target;
    moved.times.waited_for_source += times.waited_for_source;
  }
  return moved;
}

Moved digest_rows(std::vector<std::unique_ptr<RowReader>> readers, const MakeEncoder& encoder,
                  const MoveControl& control) {
  std::deque<Ring> no_rings;
  auto sinks = make_sinks(readers.size(), encoder, no_rings);
  Crew crew;
  start_readers(crew, readers, sinks);
  return join_all(crew, sinks, control);
}

}  // namespace orch::data
