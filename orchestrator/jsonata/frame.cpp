#include "orchestrator/jsonata/frame.h"

namespace orch::jsonata {

FrameList::~FrameList() {
  // Emptying the scopes breaks all cycles; nothing is freed before all are empty.
  std::vector<FramePtr> all;
  for (auto* frame = first_; frame; frame = frame->after) all.push_back(FramePtr(frame));
  for (auto& frame : all) {
    frame->bindings.clear();
    frame->parent = FramePtr();
  }
}

FramePtr::FramePtr(Frame* frame) noexcept : frame_(frame) { ++frame_->count; }

FramePtr::FramePtr(const FramePtr& other) noexcept : frame_(other.frame_) {
  if (frame_) ++frame_->count;
}

FramePtr::~FramePtr() {
  if (!frame_ || --frame_->count > 0) return;
  if (frame_->list) {
    (frame_->before ? frame_->before->after : frame_->list->first_) = frame_->after;
    if (frame_->after) frame_->after->before = frame_->before;
  }
  delete frame_;
}

FramePtr FramePtr::make(FrameList& list, const FramePtr& parent) {
  FramePtr made(new Frame);
  made.frame_->parent = parent;
  made.frame_->list = &list;
  made.frame_->after = list.first_;
  if (list.first_) list.first_->before = made.frame_;
  list.first_ = made.frame_;
  return made;
}

void Frame::bind(std::string_view name, Value value) {
  for (auto& binding : bindings) {
    if (binding.name == name) {
      binding.value = std::move(value);
      return;
    }
  }
  bindings.push_back({name, std::move(value)});
}

const Value* Frame::find(std::string_view name) const {
  for (const auto* at = this; at; at = at->parent.get()) {
    for (const auto& binding : at->bindings) {
      if (binding.name == name) return &binding.value;
    }
  }
  return nullptr;
}

}  // namespace orch::jsonata
