// The mover: source reader threads -> encode and digest -> ring of chunks -> writer threads.
//
//   reader thread (one a part)                      writer thread (one a part of the load)
//   RowReader -> RowSink: encode or pass through -> Ring, 4 chunks of 128 KiB -> RowWriter
//     (batches of cells)  + digest of every row
//
// Memory is bounded by ring, batch and the longest row, whatever the table's size. The calling
// thread reports progress and looks for a stop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "workers/data/digest.h"
#include "workers/data/row.h"
#include "workers/data/source.h"
#include "workers/data/target.h"

namespace orch::data {

/// How a move is watched. `stop` is called from any thread, `progress` four times a second and at
/// the end by the calling thread, with what was read so far.
struct MoveControl {
  std::function<bool()> stop;
  std::function<void(std::int64_t rows, std::int64_t bytes)> progress;
};

/// Where the threads of a move spent their time, each summed over its threads.
struct MoveTimes {
  using Time = std::chrono::steady_clock::duration;
  Time source{};             ///< readers: the source, the wire, and the digest of passed rows
  Time encode{};             ///< readers: cells into rows, and the digest of those
  Time waited_for_target{};  ///< readers: earlier rows were still to be written
  Time target{};             ///< writers: the wire and the target
  Time waited_for_source{};  ///< writers: there were no rows yet
};

struct Moved {
  Digest digest;
  std::int64_t bytes = 0;  ///< in the target's row encoding
  MoveTimes times = {};
};

/// Makes the encoder of one reader thread; null for rows that pass through encoded.
using MakeEncoder = std::function<std::unique_ptr<RowEncoder>()>;

/// Reads all `readers` at once into the parts of `load` (reader i feeds part i modulo parts) and
/// finishes the parts; the caller commits. What went wrong first is thrown, joined from both
/// sides: an encoder's TaskFailed gets the number of the row in "row" and in its message;
/// workers::Cancelled after a stop. Passes fault point "stage.in_copy" before each chunk written.
Moved move_rows(std::vector<std::unique_ptr<RowReader>> readers, const MakeEncoder& encoder,
                Load& load, const MoveControl& control);

/// The same reading, encoding and digest without writing anything.
Moved digest_rows(std::vector<std::unique_ptr<RowReader>> readers, const MakeEncoder& encoder,
                  const MoveControl& control);

}  // namespace orch::data
