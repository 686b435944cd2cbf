#include "orchestrator/json/payload.h"

#include "orchestrator/json/text.h"

namespace orch::json {

Payload::Payload(TextTag, std::string text) : data_(std::make_shared<Data>()) {
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
