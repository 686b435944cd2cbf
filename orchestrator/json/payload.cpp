#include "orchestrator/json/payload.h"

#include <string_view>
#include <utility>

#include "orchestrator/json/text.h"

namespace orch::json {

// {} is one for all: it has its value already, so that all threads may share it.
Payload::Payload(TextTag, std::string text) {
  static constexpr std::string_view nothing = "{}";
  static const auto shared = [] {
    auto data = std::make_shared<Data>();
    data->text = nothing;
    data->value.emplace_object();
    data->parsed = data->written = true;
    return data;
  }();
  if (text == nothing) {
    data_ = shared;
    return;
  }
  data_ = std::make_shared<Data>();
  data_->text = std::move(text);
  data_->written = true;
}

Payload::Payload(boost::json::value value) : data_(std::make_shared<Data>()) {
  data_->value = std::move(value);
  data_->parsed = true;
}

Payload Payload::apart() const {
  text();
  Payload other(TextTag(), {});
  other.data_->origin = data_->origin ? data_->origin : data_;
  return other;
}

const std::string& Payload::text() const {
  if (data_->origin) return data_->origin->text;
  if (!data_->written) {
    data_->text = write(data_->value);
    data_->written = true;
  }
  return data_->text;
}

const boost::json::value& Payload::value() const {
  if (!data_->parsed) {
    data_->value = parse(text());
    data_->parsed = true;
  }
  return data_->value;
}

}  // namespace orch::json
