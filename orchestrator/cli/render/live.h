// What is shown while a run is followed: a picture that is redrawn on a terminal, lines elsewhere.
// Pure: text in, text out; who writes it where is the caller's.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/cli/render/page.h"

namespace orch::cli::render {

/// The lines of one picture, none wider than the look's width, at most `height` of them. Tables at
/// work come first, then those that failed, then the latest that are done.
std::vector<std::string> picture(const view::RunView& view, const Look& look, std::size_t height);

/// Says what is new since the last look: another run that is waited for, states entered for the
/// first time, connections that went down or came up, tables done, failures and retries.
class Ticker {
 public:
  /// The news as lines without line breaks, each with its time, in the order in which they
  /// happened.
  std::vector<std::string> news(const view::RunView& view, const Look& look);

 private:
  struct Seen {
    view::Outcome outcome = view::Outcome::waiting;
    std::int64_t attempts = 0;
    std::int64_t entered = 0;
  };
  struct Line {
    Instant at;
    std::string text;
  };
  using Lines = std::vector<Line>;
  void state_news(const view::StateLine& line, Instant now, Lines& lines);
  void connection_news(const view::ConnectionLine& line, Instant now, Lines& lines);
  void table_news(const view::TableLine& table, Instant now, Lines& lines);

  std::string waiting_;
  std::unordered_map<std::string, Seen> states_;
  std::unordered_map<std::string, std::string> connections_;  ///< status, by name
  std::unordered_map<std::string, Seen> tables_;
};

}  // namespace orch::cli::render
