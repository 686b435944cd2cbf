#include "orchestrator/asl/graph.h"

#include <string_view>

#include <fmt/format.h>

#include "orchestrator/asl/picture.h"
#include "orchestrator/base/utf8.h"

namespace orch::asl {
namespace {

using Kind = Picture::Way::Kind;
using Status = StateMark::Status;

struct Colours {
  const char* name;
  const char* fill;
  const char* line;
};

Colours colours(Status status) {
  switch (status) {
    case Status::running:
      return {"running", "#dbeafe", "#2563eb"};
    case Status::succeeded:
      return {"succeeded", "#dcfce7", "#16a34a"};
    case Status::failed:
      return {"failed", "#fee2e2", "#dc2626"};
    case Status::caught:
      return {"caught", "#ffedd5", "#ea580c"};
    case Status::aborted:
      return {"aborted", "#e5e7eb", "#6b7280"};
    case Status::not_run:
      break;
  }
  return {"not_run", "#ffffff", "#9ca3af"};
}

bool ends_flow(const State& state) {
  return !state.next && !std::holds_alternative<Choice>(state.body);
}

const StateMark* mark_of(const State& state, const StateMarks& marks) {
  const auto found = marks.find(state.name);
  return found == marks.end() ? nullptr : &found->second;
}

class DotText {
 public:
  DotText(const Picture& picture, const StateMarks& marks) : picture_(picture), marks_(marks) {}

  std::string text() {
    out_ =
        "digraph workflow {\n"
        "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", "
        "fontname=\"sans-serif\"];\n"
        "  edge [fontname=\"sans-serif\", fontsize=10];\n"
        "  graph [fontname=\"sans-serif\", fontsize=11, style=\"rounded,dashed\"];\n"
        "  start [shape=circle, label=\"\", width=0.2, fillcolor=\"#000000\"];\n";
    frame(picture_.whole, "  ");
    out_ += fmt::format("  start -> n{};\n", picture_.whole.start);
    for (const auto& way : picture_.ways) this->way(way);
    return out_ + "}\n";
  }

 private:
  // Backslashes too: Graphviz would read "\n", "\N" and the like in a name as its own escapes, and
  // "&lt;" as a character reference.
  static std::string quoted(std::string_view text) {
    std::string made = "\"";
    for (const char c : printable(text)) {
      if (c == '"' || c == '\\') made += '\\';
      if (c == '\n') {
        made += "\\n";
      } else if (c == '&') {
        made += "&amp;";
      } else {
        made += c;
      }
    }
    return made + '"';
  }

  void frame(const Picture::Frame& frame, const std::string& indent) {
    for (const auto node : frame.nodes) this->node(node, indent);
    for (const auto& nested : frame.frames) {
      out_ += fmt::format("{}subgraph cluster_{} {{\n{}  label={};\n", indent, clusters_++, indent,
                          quoted(nested.label));
      this->frame(nested, indent + "  ");
      out_ += indent + "}\n";
    }
  }

  void node(std::size_t index, const std::string& indent) {
    const auto& state = *picture_.nodes[index];
    const auto* mark = mark_of(state, marks_);
    auto label = fmt::format("{}\n{}", state.name, type_name(state));
    if (mark != nullptr && !mark->note.empty()) label += "\n" + mark->note;
    out_ += fmt::format("{}n{} [label={}", indent, index, quoted(label));
    if (std::holds_alternative<Choice>(state.body)) out_ += ", shape=diamond, style=filled";
    if (ends_flow(state)) out_ += ", peripheries=2";
    if (mark != nullptr) {
      const auto [name, fill, line] = colours(mark->status);
      out_ += fmt::format(", class=\"{}\", fillcolor=\"{}\", color=\"{}\"", name, fill, line);
    }
    out_ += "];\n";
  }

  void way(const Picture::Way& way) {
    out_ += fmt::format("  n{} -> n{}", way.from, way.to);
    std::string attributes;
    if (!way.label.empty()) attributes += "label=" + quoted(way.label);
    if (way.kind != Kind::next) {
      if (!attributes.empty()) attributes += ", ";
      attributes += way.kind == Kind::caught ? "style=dashed" : "style=dotted, arrowhead=open";
    }
    if (!attributes.empty()) out_ += " [" + attributes + "]";
    out_ += ";\n";
  }

  const Picture& picture_;
  const StateMarks& marks_;
  std::string out_;
  int clusters_ = 0;
};

class MermaidText {
 public:
  MermaidText(const Picture& picture, const StateMarks& marks) : picture_(picture), marks_(marks) {}

  std::string text() {
    out_ = "flowchart TD\n  start(( ))\n";
    frame(picture_.whole, "  ");
    out_ += fmt::format("  start --> n{}\n", picture_.whole.start);
    for (const auto& way : picture_.ways) this->way(way);
    classes();
    return out_;
  }

 private:
  // Mermaid knows no backslash: everything special is a numbered character reference.
  static std::string quoted(std::string_view text) {
    std::string made = "\"";
    for (const char c : printable(text)) {
      if (c == '\n') {
        made += "<br/>";
      } else if (std::string_view("\"#&<>`\\").find(c) != std::string_view::npos) {
        made += fmt::format("#{};", static_cast<int>(c));
      } else {
        made += c;
      }
    }
    return made + '"';
  }

  void frame(const Picture::Frame& frame, const std::string& indent) {
    for (const auto node : frame.nodes) this->node(node, indent);
    for (const auto& nested : frame.frames) {
      out_ += fmt::format("{}subgraph c{}[{}]\n", indent, frames_++, quoted(nested.label));
      this->frame(nested, indent + "  ");
      out_ += indent + "end\n";
    }
  }

  void node(std::size_t index, const std::string& indent) {
    const auto& state = *picture_.nodes[index];
    const auto* mark = mark_of(state, marks_);
    auto label = fmt::format("{}\n{}", state.name, type_name(state));
    if (mark != nullptr && !mark->note.empty()) label += "\n" + mark->note;
    const bool choice = std::holds_alternative<Choice>(state.body);
    const bool end = ends_flow(state);
    out_ += fmt::format("{}n{}{}{}{}", indent, index,
                        choice ? "{"
                        : end  ? "(["
                               : "(",
                        quoted(label),
                        choice ? "}"
                        : end  ? "])"
                               : ")");
    if (mark != nullptr) out_ += fmt::format(":::{}", colours(mark->status).name);
    out_ += '\n';
  }

  void way(const Picture::Way& way) {
    const auto* arrow = way.kind == Kind::next ? "-->" : "-.->";
    const auto label = way.label.empty() ? "" : "|" + quoted(way.label) + "|";
    out_ += fmt::format("  n{} {}{} n{}\n", way.from, arrow, label, way.to);
  }

  void classes() {
    if (marks_.empty()) return;
    for (const auto status : {Status::not_run, Status::running, Status::succeeded, Status::failed,
                              Status::caught, Status::aborted}) {
      const auto [name, fill, line] = colours(status);
      out_ += fmt::format("  classDef {} fill:{},stroke:{}\n", name, fill, line);
    }
  }

  const Picture& picture_;
  const StateMarks& marks_;
  std::string out_;
  int frames_ = 0;
};

}  // namespace

std::string to_dot(const Workflow& workflow, const StateMarks& marks) {
  const auto picture = picture_of(workflow);
  return DotText(picture, marks).text();
}

std::string to_mermaid(const Workflow& workflow, const StateMarks& marks) {
  const auto picture = picture_of(workflow);
  return MermaidText(picture, marks).text();
}

}  // namespace orch::asl
