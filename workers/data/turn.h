// The right to write to what has one writer at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

namespace orch::data {

class TurnQueue;

/// The turn of one of this process's writers of a file, held until destroyed. Waits in the order of
/// arrival, without a limit: who is before us makes progress, or fails and goes away. May be
/// destroyed on another thread.
class Turn {
 public:
  /// All who name the same file, however they spell its path, queue for it. Throws
  /// workers::Cancelled soon after `stop` answers true.
  Turn(const std::filesystem::path& file, const std::function<bool()>& stop);
  Turn(Turn&&) noexcept = default;
  Turn& operator=(Turn&&) = delete;
  ~Turn();

  /// What the turn before has left for this one, which leaves it to the next. It is dropped when
  /// no turn is waited for.
  std::shared_ptr<void>& left();

 private:
  std::shared_ptr<TurnQueue> queue_;
};

}  // namespace orch::data
