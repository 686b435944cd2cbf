// A JSON document that travels between states: shared, immutable, parsed or written only when
// somebody asks.
#pragma once

#include <memory>
#include <string>

#include <boost/json/value.hpp>

namespace orch::json {

/// Copies share one document. Both text and value are made on first use, so one Payload object and
/// its copies belong to one thread at a time; hand apart() over to another thread instead.
class Payload {
 public:
  Payload() : Payload(text_of, "{}") {}

  /// `text` must be valid JSON; it is kept byte for byte.
  static Payload of_text(std::string text) { return Payload(text_of, std::move(text)); }
  static Payload of_value(boost::json::value value) { return Payload(std::move(value)); }

  /// The JSON text: as given, or compact.
  const std::string& text() const;
  const boost::json::value& value() const;
  /// True for copies of one Payload.
  bool same_document(const Payload& other) const { return data_ == other.data_; }
  /// Equal for copies of one Payload.
  const void* document() const { return data_.get(); }
  /// The same document for another thread: it shares the text, which is made now, and nothing else.
  Payload apart() const;

 private:
  struct TextTag {};
  static constexpr TextTag text_of{};
  struct Data {
    std::string text;
    boost::json::value value;
    bool parsed = false;
    bool written = false;
    std::shared_ptr<const Data> origin;  ///< that has the text, of another thread
  };

  Payload(TextTag, std::string text);
  explicit Payload(boost::json::value value);

  std::shared_ptr<Data> data_;
};

}  // namespace orch::json
