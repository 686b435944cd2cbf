// Scopes of variables. Internal to the module.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "orchestrator/jsonata/value.h"

namespace orch::jsonata {

struct Frame;

/// All frames of one evaluation: functions and the frames that hold them refer to each other, so
/// counting alone would not free them.
class FrameList {
 public:
  FrameList() = default;
  FrameList(const FrameList&) = delete;
  FrameList& operator=(const FrameList&) = delete;
  ~FrameList();

 private:
  friend struct Frame;
  friend class FramePtr;
  Frame* first_ = nullptr;
};

class FramePtr {
 public:
  FramePtr() = default;
  FramePtr(const FramePtr& other) noexcept;
  FramePtr(FramePtr&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  FramePtr& operator=(FramePtr other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~FramePtr();
  /// A new scope inside `parent`.
  static FramePtr make(FrameList& list, const FramePtr& parent);

  explicit FramePtr(Frame* frame) noexcept;

  Frame* operator->() const noexcept { return frame_; }
  Frame* get() const noexcept { return frame_; }

 private:
  Frame* frame_ = nullptr;
};

struct Frame {
  struct Binding {
    std::string_view name;  ///< belongs to the program or the caller
    Value value;
  };

  void bind(std::string_view name, Value value);
  /// Here or in a scope around; null when it is bound nowhere.
  const Value* find(std::string_view name) const;

  FramePtr parent;
  std::vector<Binding> bindings;
  FrameList* list = nullptr;
  Frame* before = nullptr;
  Frame* after = nullptr;
  std::uint32_t count = 0;
};

}  // namespace orch::jsonata
