// What expressions compute with. Internal to the module.
//
// A Value is 16 bytes and cheap to copy. Documents that come in are never copied: strings, arrays
// and objects of Boost.JSON are borrowed and read like our own. What an
// evaluation makes is counted; counts are not atomic, an evaluation belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/jsonata/memory.h"

namespace orch::jsonata {

struct StringRep;
struct Array;
struct Object;
struct Function;

enum class Type : std::uint8_t {
  undefined,
  null,
  boolean,
  number,
  string,
  array,
  object,
  function
};

/// What is counted.
struct Rep {
  Rep() = default;
  Rep(const Rep&) = delete;
  Rep& operator=(const Rep&) = delete;
  virtual ~Rep() = default;
  std::uint32_t count = 0;
  Rep* doomed = nullptr;  ///< the next one to be deleted
};

class Value {
 public:
  Value() noexcept = default;
  Value(const Value& other) noexcept : tag_(other.tag_), data_(other.data_) { retain(); }
  Value(Value&& other) noexcept : tag_(other.tag_), data_(other.data_) {
    other.tag_ = Tag::undefined;
  }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Value() { release(); }
  void swap(Value& other) noexcept {
    std::swap(tag_, other.tag_);
    std::swap(data_, other.data_);
  }

  // NOLINTNEXTLINE(google-explicit-constructor): every number is a value
  Value(double number) noexcept : tag_(Tag::number) { data_.number = number; }
  explicit Value(bool boolean) noexcept : tag_(Tag::boolean) { data_.boolean = boolean; }
  static Value null() noexcept;
  static Value text(std::string text);
  static Value of(std::unique_ptr<Array> array) noexcept;
  static Value of(std::unique_ptr<Object> object) noexcept;
  static Value of(std::unique_ptr<Function> function) noexcept;
  /// `document` must outlive the value and everything made from it.
  static Value borrow(const boost::json::value& document) noexcept;

  Type type() const noexcept;
  bool defined() const noexcept { return tag_ != Tag::undefined; }
  bool is_null() const noexcept { return tag_ == Tag::null; }
  bool is_boolean() const noexcept { return tag_ == Tag::boolean; }
  bool is_number() const noexcept { return tag_ == Tag::number; }
  bool is_string() const noexcept { return tag_ == Tag::string || tag_ == Tag::borrowed_string; }
  bool is_array() const noexcept { return tag_ == Tag::array || tag_ == Tag::borrowed_array; }
  bool is_object() const noexcept { return tag_ == Tag::object || tag_ == Tag::borrowed_object; }
  bool is_function() const noexcept { return tag_ == Tag::function; }

  bool boolean() const noexcept { return data_.boolean; }
  double number() const noexcept { return data_.number; }
  /// Empty unless it is a string.
  std::string_view string() const noexcept;

  /// Of an array; else 0.
  std::size_t size() const noexcept;
  Value at(std::size_t index) const;

  /// Of an object: undefined when there is no such member.
  Value member(std::string_view name) const;
  /// Members in JavaScript's order: whole numbers ascending, then as inserted.
  std::vector<std::pair<std::string_view, Value>> members() const;
  std::size_t member_count() const noexcept;

  /// Both are the same array or the same object, not only equal ones.
  bool same_place(const Value& other) const noexcept;

  /// Null unless the array, object or function is our own.
  Array* own_array() const noexcept;
  Object* own_object() const noexcept;
  Function* function() const noexcept;

  /// A sequence unwraps itself when it has one item; other arrays do not.
  bool is_sequence() const noexcept;

 private:
  enum class Tag : std::uint8_t {
    undefined,
    null,
    boolean,
    number,
    borrowed_string,
    borrowed_array,
    borrowed_object,
    string,  // from here on counted
    array,
    object,
    function
  };
  bool counted() const noexcept { return tag_ >= Tag::string; }
  void retain() const noexcept {
    if (counted()) ++data_.rep->count;
  }
  void release() noexcept {
    if (counted() && --data_.rep->count == 0) destroy(data_.rep);
  }
  static void destroy(Rep* rep) noexcept;

  Tag tag_ = Tag::undefined;
  union Data {
    bool boolean;
    double number;
    Rep* rep;
    const boost::json::string* borrowed_string;
    const boost::json::array* borrowed_array;
    const boost::json::object* borrowed_object;
  } data_ = {};
};

struct StringRep final : Rep {
  explicit StringRep(std::string the_text) : text(std::move(the_text)) {
    Memory::take(text.size() * bytes_of_unit);
  }
  ~StringRep() override { Memory::give(text.size() * bytes_of_unit); }
  std::string text;

  static constexpr std::size_t bytes_of_unit = 2;  ///< as UTF-16, which the service holds
};

using Values = std::vector<Value, Metered<Value>>;
using Members = std::vector<std::pair<std::string, Value>, Metered<std::pair<std::string, Value>>>;

/// One item of a tuple stream: a context and the variables that go with it.
struct Tuple {
  void set(std::string_view name, Value value);

  Value context;
  std::vector<std::pair<std::string_view, Value>> variables;  ///< names belong to the program
};
using Tuples = std::vector<Tuple>;

struct Array final : Rep {
  Values items;
  std::unique_ptr<Tuples> tuples;  ///< set: a tuple stream on its way to an outer path
  bool sequence = false;           ///< the result of a path, filter or higher-order function
  bool keep_singleton = false;     ///< a sequence that stays an array
  bool cons = false;               ///< written as [...] in a path: not flattened
  bool outer_wrapper = false;      ///< holds the input array
};

/// Insertion order, but whole-number names first and ascending, as in JavaScript.
struct Object final : Rep {
  void set(std::string_view name, Value value);
  void erase(std::string_view name);
  const Value* find(std::string_view name) const;

  Members members;
};

/// Bounds the recursion over a value whose nesting an expression decides: one at the head of every
/// function that walks down. Throws Error D1011. Counts for its thread.
class Nested {
 public:
  Nested();
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;
  ~Nested();
};

std::unique_ptr<Array> new_sequence();
std::unique_ptr<Array> new_array();

/// Deep equality; 1 equals 1.0, the order of members does not matter, functions equal nothing.
bool equal(const Value& a, const Value& b);
/// What JSONata takes for true. Throws Error D1001 for an infinite number.
bool truthy(const Value& value);
/// A deep copy that is all our own, made as $clone() does it: by way of text, which functions and
/// fractions of more than 15 digits do not survive. Throws Error D1001 for infinite numbers.
Value clone(const Value& value);

/// What becomes of a number that JSON has no text for: null, as JavaScript writes it, or
/// "Infinity",
/// "-Infinity" and "NaN", as Step Functions does.
enum class NotFinite : std::uint8_t { as_null, as_text };
/// Throws NotJson for functions.
boost::json::value to_json(const Value& value, NotFinite not_finite = NotFinite::as_null);
/// JSON.stringify() with the number rules of $string(): functions are "". `indent`: pretty. Throws
/// Error D1001 for numbers that JSON has no text for.
std::string stringify(const Value& value, bool indent = false);

}  // namespace orch::jsonata
