// The stored form of events. A row of the table history holds the events of one run in one turn:
//
//   batch    = [ event, … ]          the events first_id to last_id of the row, without gaps
//   event    = { "id": N             its number in the run, from 1
//              , "previous": N       the event that caused it
//              , "timestamp": MS     Unix time
//              , "type": NAME
//              , "thread"?: [N, N]   where it happened: entered, index
//              , "name"?: TEXT, "payload"?: JSON text
//              , "resource"?: TEXT, "role"?: TEXT, "token"?: TEXT
//              , "assigned"?: { VARIABLE: JSON text, … }
//              , "error"?: TEXT, "cause"?: TEXT
//              , "number"?: N
//              , "timeoutInSeconds"?: N, "heartbeatInSeconds"?: N, "maxConcurrency"?: N
//              , "due"?: MS
//              , "next"?: TEXT }
//
// event.h tells what each means with which type. Members that are unset, empty or zero are left
// out; error and cause may be empty. Payloads stand as text, not as values, so that the bytes a
// caller or a worker gave are the bytes that come back.
#include <charconv>

#include "orchestrator/base/error.h"
#include "orchestrator/execution/event.h"
#include "orchestrator/json/text.h"

namespace orch::execution {
namespace {

namespace bj = boost::json;

class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }

  void number(std::string_view key, std::int64_t value) {
    Piece piece = name(key);
    piece.add(value);
    add(piece);
  }
  void text(std::string_view key, std::string_view value) {
    add(name(key));
    json::append_string(out_, value);
  }
  void texts(std::string_view key,
             const std::vector<std::pair<std::string, std::string>>& entries) {
    add(name(key));
    out_ += '{';
    for (const auto& [entry, value] : entries) {
      if (out_.back() != '{') out_ += ',';
      json::append_string(out_, entry);
      out_ += ':';
      json::append_string(out_, value);
    }
    out_ += '}';
  }
  void pair(std::string_view key, std::int64_t first, std::int64_t second) {
    Piece piece = name(key);
    piece.add("[");
    piece.add(first);
    piece.add(",");
    piece.add(second);
    piece.add("]");
    add(piece);
  }
  void end() { out_ += '}'; }

 private:
  /// A short text that is appended as one: a member has up to nine parts.
  class Piece {
   public:
    void add(std::string_view text) { size_ += text.copy(text_ + size_, text.size()); }
    void add(std::int64_t value) {
      size_ = static_cast<std::size_t>(
          std::to_chars(text_ + size_, text_ + sizeof text_, value).ptr - text_);
    }
    std::string_view text() const { return {text_, size_}; }

   private:
    char text_[96];  ///< a name of this file and two numbers
    std::size_t size_ = 0;
  };

  Piece name(std::string_view key) {
    Piece piece;
    piece.add(first_ ? "\"" : ",\"");
    first_ = false;
    piece.add(key);
    piece.add("\":");
    return piece;
  }
  void add(const Piece& piece) { out_ += piece.text(); }

  std::string& out_;
  bool first_ = true;
};

std::int64_t millis(Instant instant) { return instant.time_since_epoch().count(); }

[[noreturn]] void damaged(const std::string& what) {
  throw Error("ORCH-0206", "cannot be read: " + what);
}

/// Reads the members of one stored event.
class Reader {
 public:
  explicit Reader(const bj::value& value) : object_(value.if_object()) {
    if (!object_) damaged("an event is not an object");
  }

  std::optional<std::int64_t> number(std::string_view key) const {
    const auto* found = object_->if_contains({key.data(), key.size()});
    if (!found) return std::nullopt;
    if (!found->is_int64()) damaged(std::string(key) + " is not an integer");
    return found->get_int64();
  }
  std::optional<std::string> text(std::string_view key) const {
    const auto* found = object_->if_contains({key.data(), key.size()});
    if (!found) return std::nullopt;
    if (!found->is_string()) damaged(std::string(key) + " is not a text");
    return std::string(found->get_string());
  }
  std::optional<Instant> instant(std::string_view key) const {
    const auto value = number(key);
    return value ? std::optional(Instant{Millis{*value}}) : std::nullopt;
  }
  std::vector<std::pair<std::string, std::string>> texts(std::string_view key) const {
    std::vector<std::pair<std::string, std::string>> entries;
    const auto* found = object_->if_contains({key.data(), key.size()});
    if (!found) return entries;
    if (!found->is_object()) damaged(std::string(key) + " is not an object");
    for (const auto& [entry, value] : found->get_object()) {
      if (!value.is_string()) damaged(std::string(key) + " holds something else than texts");
      entries.emplace_back(entry, value.get_string());
    }
    return entries;
  }
  Thread thread() const {
    const auto* found = object_->if_contains("thread");
    if (!found) return {};
    const auto* pair = found->if_array();
    if (!pair || pair->size() != 2 || !(*pair)[0].is_int64() || !(*pair)[1].is_int64())
      damaged("thread is not a pair of integers");
    return {(*pair)[0].get_int64(), (*pair)[1].get_int64()};
  }

 private:
  const bj::object* object_;
};

}  // namespace

void append_json(std::string& out, const Event& event) {
  Members members(out);
  members.number("id", event.id);
  members.number("previous", event.previous);
  members.number("timestamp", millis(event.at));
  members.text("type", to_string(event.type));
  if (event.thread != Thread{}) members.pair("thread", event.thread.entered, event.thread.index);
  if (!event.name.empty()) members.text("name", event.name);
  if (event.payload) members.text("payload", event.payload->text());
  if (!event.resource.empty()) members.text("resource", event.resource);
  if (!event.role.empty()) members.text("role", event.role);
  if (!event.token.empty()) members.text("token", event.token);
  if (!event.assigned.empty()) members.texts("assigned", event.assigned);
  if (event.error) members.text("error", *event.error);
  if (event.cause) members.text("cause", *event.cause);
  if (event.number != 0) members.number("number", event.number);
  if (event.timeout_seconds) members.number("timeoutInSeconds", *event.timeout_seconds);
  if (event.heartbeat_seconds) members.number("heartbeatInSeconds", *event.heartbeat_seconds);
  if (event.max_concurrency) members.number("maxConcurrency", *event.max_concurrency);
  if (event.due) members.number("due", millis(*event.due));
  if (event.next) members.text("next", *event.next);
  members.end();
}

Event event_from_json(const bj::value& value) {
  const Reader in(value);
  Event event;
  event.id = in.number("id").value_or(0);
  event.previous = in.number("previous").value_or(0);
  event.at = in.instant("timestamp").value_or(Instant{});
  const auto name = in.text("type").value_or("");
  const auto type = event_type(name);
  if (!type || event.id <= 0) damaged("no event type \"" + name + '"');
  event.type = *type;
  event.thread = in.thread();
  event.name = in.text("name").value_or("");
  if (auto text = in.text("payload")) event.payload = json::Payload::of_text(std::move(*text));
  event.resource = in.text("resource").value_or("");
  event.role = in.text("role").value_or("");
  event.token = in.text("token").value_or("");
  event.assigned = in.texts("assigned");
  event.error = in.text("error");
  event.cause = in.text("cause");
  event.number = in.number("number").value_or(0);
  event.timeout_seconds = in.number("timeoutInSeconds");
  event.heartbeat_seconds = in.number("heartbeatInSeconds");
  event.max_concurrency = in.number("maxConcurrency");
  event.due = in.instant("due");
  event.next = in.text("next");
  return event;
}

}  // namespace orch::execution
