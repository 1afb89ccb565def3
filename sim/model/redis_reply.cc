#include "sim/model/redis_reply.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"

namespace dovetail::sim {

void redis_reply::line(char type, std::string_view text) {
  out_->append(std::string_view(&type, 1));
  out_->append(text);
  out_->append("\r\n");
}

void redis_reply::status(std::string_view text) {
  line('+', text);
}

void redis_reply::integer(std::int64_t number) {
  line(':', decimal(number).text());
}

void redis_reply::bulk(std::string_view bytes) {
  line('$', decimal::of(bytes.size()).text());
  out_->append(bytes);
  out_->append("\r\n");
}

void redis_reply::null_bulk() {
  out_->append("$-1\r\n");
}

void redis_reply::array(std::size_t size) {
  line('*', decimal::of(size).text());
}

void redis_reply::error(std::string_view text) {
  std::string one_line(text);
  std::ranges::replace(one_line, '\r', ' ');
  std::ranges::replace(one_line, '\n', ' ');
  line('-', one_line);
}

}  // namespace dovetail::sim
