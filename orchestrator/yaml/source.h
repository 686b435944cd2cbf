// A YAML text and the events that libyaml finds in it.
#pragma once

#include <string_view>
#include <vector>
#include <yaml.h>

#include "orchestrator/json/locations.h"

namespace orch::yaml {

/// Lines and columns of a text as editors count them.
class Lines {
 public:
  explicit Lines(std::string_view text);
  /// `line` from 0, `column` in characters from 0, as libyaml counts.
  json::Location place(std::size_t line, std::size_t column) const;
  json::Location place(const yaml_mark_t& mark) const { return place(mark.line, mark.column); }
  std::string_view line(std::size_t number) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

/// An event; freed with it.
class Event {
 public:
  Event() : event_() {}
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  yaml_event_t* operator->() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }
  yaml_event_t* get() { return &event_; }

 private:
  yaml_event_t event_;
};

/// Reads events, in the order of the text, which must outlive this.
class Source {
 public:
  explicit Source(std::string_view text);
  ~Source() { yaml_parser_delete(&parser_); }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// Fills `event`, which must be new. Throws SyntaxError.
  void next(Event& event);
  const Lines& lines() const { return lines_; }

 private:
  [[noreturn]] void refuse() const;

  Lines lines_;
  yaml_parser_t parser_;
};

}  // namespace orch::yaml
