#include "sim/load/request_writer.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "sim/load/key_space.h"
#include "sim/load/provenance.h"
#include "sim/model/client_program.h"

namespace dovetail::sim::load {
namespace {

void append_number(std::string& to, std::uint64_t number) {
  to += decimal::of(number).text();
}

// "$3\r\n": what comes before a bulk, "*3\r\n": before an array.
void append_header(std::string& to, char type, std::size_t size) {
  to += type;
  append_number(to, size);
  to += "\r\n";
}

}  // namespace

request_writer::request_writer(wire_protocol speaks,
                               const key_space& values,
                               const key_space& counters,
                               const value_maker& maker)
    : speaks_(speaks), values_(values), counters_(counters), maker_(maker) {}

void request_writer::get(std::string& to, key_number key) const {
  begin_mget(to, 1);
  mget_key(to, key);
  end_mget(to);
}

void request_writer::begin_mget(std::string& to, std::size_t keys) const {
  if (is_redis()) return redis_begin(to, keys + 1, keys == 1 ? "GET" : "MGET");
  to += "get";
}

void request_writer::mget_key(std::string& to, key_number key) const {
  if (is_redis()) return redis_key(to, values_, key);
  to += ' ';
  values_.append_name(to, key);
}

void request_writer::end_mget(std::string& to) const {
  if (!is_redis()) to += "\r\n";
}

void request_writer::set(std::string& to, const provenance& what) const {
  const std::size_t size = maker_.size(what);
  if (is_redis()) {
    redis_begin(to, 3, "SET");
    redis_key(to, values_, what.key);
    append_header(to, '$', size);
  } else {
    memcache_line(to, "set ", values_, what.key);
    to += ' ';
    append_number(to, value_maker::flags(what));
    to += " 0 ";
    append_number(to, size);
    to += "\r\n";
  }
  maker_.append(to, what);
  to += "\r\n";
}

void request_writer::del(std::string& to, key_number key) const {
  if (is_redis()) {
    redis_begin(to, 2, "DEL");
    return redis_key(to, values_, key);
  }
  memcache_line(to, "delete ", values_, key);
  to += "\r\n";
}

void request_writer::incr(std::string& to, key_number counter) const {
  if (is_redis()) {
    redis_begin(to, 2, "INCR");
    return redis_key(to, counters_, counter);
  }
  memcache_line(to, "incr ", counters_, counter);
  to += " 1\r\n";
}

void request_writer::reset(std::string& to, key_number counter) const {
  if (is_redis()) {
    redis_begin(to, 3, "SET");
    redis_key(to, counters_, counter);
    to += "$1\r\n0\r\n";
  } else {
    memcache_line(to, "set ", counters_, counter);
    to += " 0 0 1\r\n0\r\n";
  }
}

void request_writer::redis_begin(std::string& to, std::size_t words, std::string_view name) const {
  append_header(to, '*', words);
  append_header(to, '$', name.size());
  to += name;
  to += "\r\n";
}

void request_writer::redis_key(std::string& to, const key_space& of, key_number key) const {
  append_header(to, '$', of.name_size());
  of.append_name(to, key);
  to += "\r\n";
}

void request_writer::memcache_line(std::string& to,
                                   std::string_view name,
                                   const key_space& of,
                                   key_number key) const {
  to += name;
  of.append_name(to, key);
}

}  // namespace dovetail::sim::load
