#include "orchestrator/asl/picture.h"

#include <map>

#include <fmt/format.h>

#include "orchestrator/asl/graph.h"

namespace orch::asl {
namespace {

using Kind = Picture::Way::Kind;

class Drawing {
 public:
  explicit Drawing(Picture& picture) : picture_(picture) {}

  Picture::Frame frame(const Flow& flow, std::string label) {
    Picture::Frame made;
    made.label = std::move(label);
    std::map<std::string_view, std::size_t> node;
    for (const auto& [name, state] : flow.states) {
      node.emplace(name, picture_.nodes.size());
      made.nodes.push_back(picture_.nodes.size());
      picture_.nodes.push_back(&state);
    }
    made.start = node.at(flow.start_at);
    for (const auto& [name, state] : flow.states) {
      const auto from = node.at(name);
      ways_out(state, [&](const std::string& target, Kind kind, std::string text) {
        picture_.ways.push_back({from, node.at(target), kind, std::move(text)});
      });
      nested(state, from, made.frames);
    }
    return made;
  }

 private:
  template <class Add>
  static void ways_out(const State& state, const Add& add) {
    if (state.next) add(*state.next, Kind::next, "");
    if (const auto* choice = std::get_if<Choice>(&state.body)) {
      for (const auto& rule : choice->choices) add(rule.next, Kind::next, short_text(rule));
      if (choice->default_next) add(*choice->default_next, Kind::next, "else");
    }
    for (const auto& catcher : state.catches)
      add(catcher.next, Kind::caught, fmt::format("{}", fmt::join(catcher.error_equals, ", ")));
  }

  void nested(const State& state, std::size_t from, std::vector<Picture::Frame>& frames) {
    const auto add = [&](const Flow& flow, std::string label) {
      frames.push_back(frame(flow, std::move(label)));
      picture_.ways.push_back({from, frames.back().start, Kind::nested, ""});
    };
    if (const auto* parallel = std::get_if<Parallel>(&state.body)) {
      for (std::size_t i = 0; i < parallel->branches.size(); ++i)
        add(parallel->branches[i], fmt::format("{}: branch {}", state.name, i + 1));
    } else if (const auto* map = std::get_if<Map>(&state.body)) {
      add(map->processor, state.name + ": each item");
    }
  }

  Picture& picture_;
};

}  // namespace

Picture picture_of(const Workflow& workflow) {
  Picture picture;
  picture.whole = Drawing(picture).frame(workflow.flow, "");
  return picture;
}

}  // namespace orch::asl
