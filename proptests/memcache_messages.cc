#include "proptests/memcache_messages.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <ostream>
#include <rapidcheck.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proptests/generators.h"
#include "protocol/memcache/replies.h"

namespace dovetail::proptests {
namespace {

namespace shape = memcache::shape;

using texts = std::vector<std::string>;

constexpr std::size_t key_bytes_max = 250;

// A number as it should be written, and as a client may write it.
struct number {
  std::string shortest;
  std::string sent;
};

number spelled(const std::string& digits, bool negative) {
  const std::string zeros = one_in(4) ? std::string(1 + below(3), '0') : "";
  const std::string sign = negative ? "-" : "";
  number made{.shortest = sign + digits, .sent = sign + zeros + digits};
  if (digits == "0") made.shortest = "0";
  return made;
}

number any_unsigned(std::uint64_t most) {
  const std::uint64_t value = one_in(8) ? most - below(2) : *rc::gen::arbitrary<std::uint64_t>();
  return spelled(
      std::to_string(most == std::numeric_limits<std::uint64_t>::max() ? value
                                                                       : value % (most + 1)),
      false);
}

number any_32() {
  return any_unsigned(std::numeric_limits<std::uint32_t>::max());
}

number any_64() {
  return any_unsigned(std::numeric_limits<std::uint64_t>::max());
}

number any_exptime() {
  const std::int64_t value =
      one_in(8) ? std::numeric_limits<std::int32_t>::min() : *rc::gen::arbitrary<std::int32_t>();
  return spelled(std::to_string(value < 0 ? -value : value), value < 0 || one_in(16));
}

std::string any_key() {
  return one_in(8) ? any_word(key_bytes_max) : any_word(20);
}

std::string any_data() {
  if (one_in(8)) return any_of<std::string>({"\r\n", "END\r\n", "VALUE k 0 1\r\nx\r\nEND\r\n"});
  if (one_in(16)) return std::string(below(3000), 'x');
  return any_bytes();
}

// A request in the making: what is sent and what is forwarded, word by word.
class draft {
 public:
  explicit draft(std::string_view name) {
    if (one_in(8)) blanks();
    made_.sent += name;
    made_.forwarded += name;
    made_.words.emplace_back(name);
  }

  void word(const std::string& text) { word({.shortest = text, .sent = text}); }
  void word(const number& text) {
    blanks();
    made_.sent += text.sent;
    made_.forwarded += ' ' + text.shortest;
    made_.words.push_back(text.sent);
  }
  void key(const std::string& text) {
    word(text);
    made_.keys.push_back(text);
  }

  // Sent and understood, and no server's business.
  void ignored(std::string_view text, bool is_word) {
    blanks();
    made_.sent += text;
    if (is_word) made_.words.emplace_back(text);
  }

  void noreply() {
    if (!one_in(4)) return;
    ignored("noreply", false);
    made_.reply_wanted = false;
  }

  void end() {
    if (one_in(8)) blanks();
    made_.sent += one_in(4) ? "\n" : "\r\n";
    made_.forwarded += "\r\n";
  }

  void block(const std::string& data) {
    made_.sent += data + "\r\n";
    made_.forwarded += data + "\r\n";
  }

  memcache_request take() { return std::move(made_); }

 private:
  void blanks() { made_.sent.append(one_in(6) ? 2 + below(3) : 1, ' '); }

  memcache_request made_;
};

memcache_request any_retrieval() {
  const std::string name = any_of<std::string>({"get", "gets", "gat", "gats"});
  draft made(name);
  if (name.starts_with("gat")) made.word(any_exptime());
  for (std::size_t left = 1 + below(6); left > 0; --left)
    made.key(any_key());
  made.end();
  return made.take();
}

memcache_request any_storage() {
  const std::string name =
      any_of<std::string>({"set", "add", "replace", "append", "prepend", "cas"});
  const std::string data = any_data();
  draft made(name);
  made.key(any_key());
  made.word(any_32());
  made.word(any_exptime());
  made.word(spelled(std::to_string(data.size()), false));
  if (name == "cas") made.word(any_64());
  made.noreply();
  made.end();
  made.block(data);
  return made.take();
}

memcache_request any_small_command() {
  const std::string name = any_of<std::string>({"delete", "incr", "decr", "touch", "me"});
  draft made(name);
  made.key(any_key());
  if (name == "incr" || name == "decr") made.word(any_64());
  if (name == "touch") made.word(any_exptime());
  if (name != "me") made.noreply();
  made.end();
  return made.take();
}

std::string meta_flag(char letter) {
  std::string flag(1, letter);
  switch (letter) {
    case 'O':
      return one_in(8) ? flag : flag + any_word(31);
    case 'M':
      return flag + any_word(1);
    case 'F':
      return flag + any_32().sent;
    case 'C':
    case 'D':
    case 'J':
      return flag + any_64().sent;
    case 'N':
    case 'R':
    case 'T':
      return flag + any_exptime().sent;
    case 'L':
    case 'P':
      return one_in(2) ? flag : flag + any_word(8);
    default:
      return flag;
  }
}

memcache_request any_meta() {
  const std::string name = any_of<std::string>({"mg", "ms", "md", "ma"});
  const std::string data = any_data();
  draft made(name);
  made.key(any_key());
  if (name == "ms") made.word(spelled(std::to_string(data.size()), false));
  std::string letters = "cfhklqstuvILPOMFCDJNRT";
  for (std::size_t left = below(8); left > 0; --left) {
    const std::size_t at = below(letters.size());
    const std::string flag = meta_flag(letters[at]);
    letters.erase(at, 1);
    if (flag == "q") {
      made.ignored(flag, true);
    } else {
      made.word(flag);
    }
  }
  made.end();
  if (name == "ms") made.block(data);
  return made.take();
}

// ---- responses

std::string any_text() {
  return *rc::gen::container<std::string>(
      rc::gen::suchThat(rc::gen::arbitrary<char>(), [](char c) { return c != '\r' && c != '\n'; }));
}

memcache_reply line(const std::string& text, std::uint32_t shape) {
  const std::string bytes = text + "\r\n";
  return {.bytes = bytes, .relayed = bytes, .shape = shape};
}

std::string any_error() {
  const std::string word = any_of<std::string>({"ERROR", "CLIENT_ERROR", "SERVER_ERROR"});
  return one_in(3) ? word : word + ' ' + any_text();
}

// Blocks and END, or an error in the place of END, which then is all that a client may see.
memcache_reply any_values() {
  const bool unique = one_in(2);
  const std::size_t blocks = below(5);
  memcache_reply made{.shape = shape::end, .count = static_cast<std::int64_t>(blocks)};
  if (blocks > 0) made.shape = unique ? shape::values_unique : shape::values;
  for (std::size_t at = 0; at < blocks; ++at) {
    const std::string key = any_key();
    const std::string data = any_data();
    made.echoes.push_back(key);
    made.bytes += "VALUE " + key + ' ' + any_32().sent + ' ' +
                  spelled(std::to_string(data.size()), false).sent;
    if (unique) made.bytes += ' ' + any_64().sent;
    made.bytes += "\r\n" + data + "\r\n";
  }
  if (one_in(6)) {
    made.relayed = any_error() + "\r\n";
    made.bytes += made.relayed;
    made.shape = shape::error;
  } else {
    made.bytes += "END\r\n";
    made.relayed = made.bytes;
  }
  return made;
}

memcache_reply any_meta_reply() {
  using code = std::pair<std::string, std::uint32_t>;
  const code its = any_of<code>({{"HD", shape::hd},
                                 {"EN", shape::en},
                                 {"NS", shape::ns},
                                 {"EX", shape::ex},
                                 {"NF", shape::nf},
                                 {"VA", shape::va}});
  const std::string data = any_data();
  memcache_reply made{.bytes = its.first, .shape = its.second};
  if (its.first == "VA") made.bytes += ' ' + std::to_string(data.size());
  for (std::size_t left = below(5); left > 0; --left) {
    const std::string flag = any_of<std::string>({"k", "O", "f", "s", "t", "W"}) + any_word(12);
    made.bytes += ' ' + flag;
    if (flag[0] == 'k' || flag[0] == 'O') made.echoes.push_back(flag);
  }
  made.bytes += "\r\n";
  if (its.first == "VA") made.bytes += data + "\r\n";
  made.relayed = made.bytes;
  return made;
}

memcache_reply any_word_reply() {
  using word = std::pair<std::string, std::uint32_t>;
  const word its = any_of<word>({{"STORED", shape::stored},
                                 {"NOT_STORED", shape::not_stored},
                                 {"EXISTS", shape::exists},
                                 {"NOT_FOUND", shape::not_found},
                                 {"DELETED", shape::deleted},
                                 {"TOUCHED", shape::touched},
                                 {"OK", shape::ok},
                                 {"MN", shape::mn}});
  return line(its.first, its.second);
}

memcache_reply any_debug_reply() {
  const std::string key = any_key();
  memcache_reply made = line("ME " + key + " exp=-1 la=3 cas=1 fetch=no cls=1 size=63", shape::me);
  made.echoes = {key};
  return made;
}

std::ostream& print(std::ostream& out, std::string_view bytes) {
  rc::show(std::string(bytes), out);
  return out;
}

}  // namespace

memcache_request any_memcache_request() {
  switch (below(4)) {
    case 0:
      return any_small_command();
    case 1:
      return any_retrieval();
    case 2:
      return any_storage();
    default:
      return any_meta();
  }
}

// The data block of a refused request is passed over, whatever it looks like.
refused_request any_refused_request() {
  const std::string key = any_word(20);
  const std::string data = any_data();
  const std::string size = std::to_string(data.size());
  const std::string block = data + "\r\n";
  switch (below(8)) {
    case 0:
      return {"get " + std::string(key_bytes_max + 1 + below(50), 'k') + "\r\n",
              std::string(memcache::text::bad_format)};
    case 1:
      return {"unheard of\r\n", std::string(memcache::text::unknown_command)};
    case 2:
      return {"incr " + key + " x\r\n", std::string(memcache::text::bad_delta)};
    case 3:
      return {"set " + key + "\x01 0 0 " + size + "\r\n" + block,
              std::string(memcache::text::bad_format)};
    case 4:
      return {"set " + key + " 4294967296 0 " + size + "\r\n" + block,
              std::string(memcache::text::bad_format)};
    case 5:
      return {"set " + key + " 0 0 " + size + "\r\n" + data + "\n\n",
              std::string(memcache::text::bad_data)};
    case 6:
      return {"ms " + key + " " + size + " v v\r\n" + block,
              std::string(memcache::text::duplicate_flag)};
    default:
      return {"touch " + key + " 2147483648\r\n", std::string(memcache::text::bad_exptime)};
  }
}

memcache_reply any_memcache_reply() {
  switch (below(8)) {
    case 0:
      return any_word_reply();
    case 1:
      return line(any_64().sent, shape::number);
    case 2:
      return line("VERSION " + any_text(), shape::version);
    case 3:
      return line(any_error(), shape::error);
    case 4:
      return any_debug_reply();
    case 5:
      return any_meta_reply();
    default:
      return any_values();
  }
}

std::ostream& operator<<(std::ostream& out, const memcache_request& shown) {
  return print(out, shown.sent);
}

std::ostream& operator<<(std::ostream& out, const refused_request& shown) {
  return print(out, shown.sent);
}

std::ostream& operator<<(std::ostream& out, const memcache_reply& shown) {
  return print(out, shown.bytes);
}

}  // namespace dovetail::proptests
