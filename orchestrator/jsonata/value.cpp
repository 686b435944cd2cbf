#include "orchestrator/jsonata/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/function.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

namespace bj = boost::json;

/// JavaScript's array index: such names come first and in order.
std::optional<std::uint32_t> index_of(std::string_view name) {
  if (name.empty() || name.size() > 10 || name[0] < '0' || name[0] > '9') return std::nullopt;
  if (name[0] == '0' && name.size() > 1) return std::nullopt;
  std::uint32_t index = 0;
  const auto* end = name.data() + name.size();
  const auto read = std::from_chars(name.data(), end, index);
  if (read.ptr != end || read.ec != std::errc{} || index == 0xFFFFFFFF) return std::nullopt;
  return index;
}

bool comes_before(std::string_view a, std::string_view b) {
  const auto left = index_of(a);
  const auto right = index_of(b);
  if (left && right) return *left < *right;
  return left && !right;
}

std::string_view view(const bj::string& text) { return {text.data(), text.size()}; }

}  // namespace

void Memory::take(std::size_t bytes) {
  auto& count = of_thread();
  const auto used = count.used + static_cast<std::int64_t>(bytes);
  if (count.most > 0 && used > count.most) throw Problem("D1020").error();
  count.used = used;
}

// What is deleted may hold the last reference to more, as deep as an expression has nested it: that
// waits in a list instead of on the stack.
void Value::destroy(Rep* rep) noexcept {
  thread_local Rep* waiting = nullptr;
  thread_local bool busy = false;
  rep->doomed = waiting;
  waiting = rep;
  if (busy) return;
  busy = true;
  while (waiting) delete std::exchange(waiting, waiting->doomed);
  busy = false;
}

Value Value::null() noexcept {
  Value made;
  made.tag_ = Tag::null;
  return made;
}

Value Value::text(std::string text) {
  Value made;
  made.data_.rep = new StringRep(std::move(text));
  made.tag_ = Tag::string;
  made.retain();
  return made;
}

Value Value::of(std::unique_ptr<Array> array) noexcept {
  Value made;
  made.data_.rep = array.release();
  made.tag_ = Tag::array;
  made.retain();
  return made;
}

Value Value::of(std::unique_ptr<Object> object) noexcept {
  Value made;
  made.data_.rep = object.release();
  made.tag_ = Tag::object;
  made.retain();
  return made;
}

Value Value::of(std::unique_ptr<Function> function) noexcept {
  Value made;
  made.data_.rep = function.release();
  made.tag_ = Tag::function;
  made.retain();
  return made;
}

Value Value::borrow(const bj::value& document) noexcept {
  Value made;
  switch (document.kind()) {
    case bj::kind::null:
      return null();
    case bj::kind::bool_:
      return Value(document.get_bool());
    case bj::kind::int64:
      return Value(static_cast<double>(document.get_int64()));
    case bj::kind::uint64:
      return Value(static_cast<double>(document.get_uint64()));
    case bj::kind::double_:
      return Value(document.get_double());
    case bj::kind::string:
      made.tag_ = Tag::borrowed_string;
      made.data_.borrowed_string = &document.get_string();
      return made;
    case bj::kind::array:
      made.tag_ = Tag::borrowed_array;
      made.data_.borrowed_array = &document.get_array();
      return made;
    case bj::kind::object:
      made.tag_ = Tag::borrowed_object;
      made.data_.borrowed_object = &document.get_object();
      return made;
  }
  return made;
}

Type Value::type() const noexcept {
  switch (tag_) {
    case Tag::undefined:
      return Type::undefined;
    case Tag::null:
      return Type::null;
    case Tag::boolean:
      return Type::boolean;
    case Tag::number:
      return Type::number;
    case Tag::borrowed_string:
    case Tag::string:
      return Type::string;
    case Tag::borrowed_array:
    case Tag::array:
      return Type::array;
    case Tag::borrowed_object:
    case Tag::object:
      return Type::object;
    case Tag::function:
      return Type::function;
  }
  return Type::undefined;
}

std::string_view Value::string() const noexcept {
  if (tag_ == Tag::borrowed_string) return view(*data_.borrowed_string);
  return tag_ == Tag::string ? std::string_view(static_cast<const StringRep*>(data_.rep)->text)
                             : std::string_view();
}

std::size_t Value::size() const noexcept {
  if (tag_ == Tag::borrowed_array) return data_.borrowed_array->size();
  return tag_ == Tag::array ? static_cast<const Array*>(data_.rep)->items.size() : 0;
}

Value Value::at(std::size_t index) const {
  if (tag_ == Tag::borrowed_array) return borrow((*data_.borrowed_array)[index]);
  return static_cast<const Array*>(data_.rep)->items[index];
}

Value Value::member(std::string_view name) const {
  if (tag_ == Tag::borrowed_object) {
    const auto* found = data_.borrowed_object->if_contains({name.data(), name.size()});
    return found ? borrow(*found) : Value();
  }
  const auto* found = static_cast<const Object*>(data_.rep)->find(name);
  return found ? *found : Value();
}

std::vector<std::pair<std::string_view, Value>> Value::members() const {
  std::vector<std::pair<std::string_view, Value>> all;
  all.reserve(member_count());
  if (const auto* own = own_object()) {
    for (const auto& [name, value] : own->members) all.emplace_back(name, value);
    return all;
  }
  bool indexed = false;
  for (const auto& entry : *data_.borrowed_object) {
    const std::string_view name(entry.key().data(), entry.key().size());
    indexed = indexed || index_of(name);
    all.emplace_back(name, borrow(entry.value()));
  }
  if (indexed)
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return comes_before(a.first, b.first); });
  return all;
}

std::size_t Value::member_count() const noexcept {
  if (tag_ == Tag::borrowed_object) return data_.borrowed_object->size();
  return static_cast<const Object*>(data_.rep)->members.size();
}

bool Value::same_place(const Value& other) const noexcept {
  return tag_ == other.tag_ && data_.rep == other.data_.rep;
}

Array* Value::own_array() const noexcept {
  return tag_ == Tag::array ? static_cast<Array*>(data_.rep) : nullptr;
}

Object* Value::own_object() const noexcept {
  return tag_ == Tag::object ? static_cast<Object*>(data_.rep) : nullptr;
}

Function* Value::function() const noexcept {
  return tag_ == Tag::function ? static_cast<Function*>(data_.rep) : nullptr;
}

bool Value::is_sequence() const noexcept {
  const auto* own = own_array();
  return own && own->sequence;
}

void Object::set(std::string_view name, Value value) {
  for (auto& member : members) {
    if (member.first == name) {
      member.second = std::move(value);
      return;
    }
  }
  if (!index_of(name)) {
    members.emplace_back(name, std::move(value));
    return;
  }
  const auto behind = std::find_if(members.begin(), members.end(), [&](const auto& member) {
    return comes_before(name, member.first);
  });
  members.emplace(behind, name, std::move(value));
}

void Object::erase(std::string_view name) {
  std::erase_if(members, [&](const auto& member) { return member.first == name; });
}

const Value* Object::find(std::string_view name) const {
  for (const auto& member : members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

namespace {
constexpr int deepest = 2'000;
thread_local int nesting = 0;
}  // namespace

Nested::Nested() {
  if (nesting >= deepest) throw Problem("D1011").error();
  ++nesting;
}

Nested::~Nested() { --nesting; }

std::unique_ptr<Array> new_sequence() {
  auto made = std::make_unique<Array>();
  made->sequence = true;
  return made;
}

std::unique_ptr<Array> new_array() { return std::make_unique<Array>(); }

bool equal(const Value& a, const Value& b) {
  const Nested nested;
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case Type::undefined:
    case Type::null:
      return true;
    case Type::boolean:
      return a.boolean() == b.boolean();
    case Type::number:
      return a.number() == b.number();
    case Type::string:
      return a.string() == b.string();
    case Type::array:
      if (a.size() != b.size()) return false;
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (!equal(a.at(i), b.at(i))) return false;
      }
      return true;
    case Type::object:
      if (a.member_count() != b.member_count()) return false;
      for (const auto& [name, value] : a.members()) {
        const auto other = b.member(name);
        if (!other.defined() || !equal(value, other)) return false;
      }
      return true;
    case Type::function:
      return a.function() == b.function() ||
             (a.function()->native && a.function()->native == b.function()->native);
  }
  return false;
}

bool truthy(const Value& value) {
  const Nested nested;
  switch (value.type()) {
    case Type::boolean:
      return value.boolean();
    case Type::number:
      if (std::isinf(value.number())) throw Problem("D1001").value(value).error();
      return value.number() != 0 && !std::isnan(value.number());
    case Type::string:
      return !value.string().empty();
    case Type::array:
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (truthy(value.at(i))) return true;
      }
      return false;
    case Type::object:
      return value.member_count() > 0;
    default:
      return false;
  }
}

Value clone(const Value& value) {
  const Nested nested;
  switch (value.type()) {
    case Type::function:
      return Value::text("");
    case Type::number:
      if (!std::isfinite(value.number())) throw Problem("D1001").value(value).error();
      return is_integer(value.number()) ? value.number() : with_15_digits(value.number());
    case Type::string:
      return Value::text(std::string(value.string()));
    case Type::array: {
      auto copy = new_array();
      copy->items.reserve(value.size());
      for (std::size_t i = 0; i < value.size(); ++i) {
        auto item = clone(value.at(i));
        copy->items.push_back(item.defined() ? std::move(item) : Value::null());
      }
      return Value::of(std::move(copy));
    }
    case Type::object: {
      auto copy = std::make_unique<Object>();
      copy->members.reserve(value.member_count());
      for (const auto& [name, member] : value.members())
        if (member.defined()) copy->members.emplace_back(name, clone(member));
      return Value::of(std::move(copy));
    }
    default:
      return value;
  }
}

}  // namespace orch::jsonata
