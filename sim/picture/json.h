// JSON, written from the front to the back.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dovetail::sim {

// Bytes above 0x7e become characters of the same number; `<` is escaped too, so that the text may
// stand inside a page.
inline void append_json(std::string& to, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  to += '"';
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte >= ' ' && byte < 0x7f && each != '"' && each != '\\' && each != '<') {
      to += each;
      continue;
    }
    to += "\\u00";
    to += hex[byte >> 4];
    to += hex[byte & 15];
  }
  to += '"';
}

// Puts the commas. Names are ours, and need no escape.
class json_writer {
 public:
  json_writer& open(char bracket) {
    before();
    text_ += bracket;
    first_ = true;
    return *this;
  }
  json_writer& close(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
  }
  json_writer& name(std::string_view of) {
    before();
    text_ += '"';
    text_ += of;
    text_ += "\":";
    first_ = true;
    return *this;
  }
  json_writer& value(std::string_view text) {
    before();
    append_json(text_, text);
    return *this;
  }
  json_writer& value(const std::string& text) { return value(std::string_view(text)); }
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(bool is) {
    before();
    text_ += is ? "true" : "false";
    return *this;
  }
  json_writer& value(std::int64_t number) {
    before();
    text_ += std::to_string(number);
    return *this;
  }
  json_writer& value(std::uint64_t number) {
    before();
    text_ += std::to_string(number);
    return *this;
  }
  template <class Value>
  json_writer& field(std::string_view its_name, const Value& its) {
    return name(its_name).value(its);
  }

  const std::string& text() const { return text_; }

 private:
  void before() {
    if (!first_) text_ += ',';
    first_ = false;
  }

  std::string text_;
  bool first_ = true;
};

}  // namespace dovetail::sim
