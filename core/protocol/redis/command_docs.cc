#include "protocol/redis/command_docs.h"

#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/redis/commands.h"
#include "protocol/redis/replies.h"

namespace dovetail::redis {
namespace {

struct treatment {
  std::string_view group;
  std::string_view summary;
};

treatment treatment_of(const command& row) {
  if (row.handled == handling::local) return {"proxy", "Answered by the proxy"};
  if (row.how.to == reach::everyone) {
    return {"every-server", "Asked of every server; one reply is made of theirs"};
  }
  if (row.how.to == reach::cursor) return {"every-server", "Asked of one server after the other"};
  if (row.split != split_kind::none) {
    return {"divided", "Divided among the servers of its keys; one reply is made of theirs"};
  }
  if (row.keys.how == key_rule::kind::none) return {"one-server", "Asked of one server"};
  return {"one-server", "Asked of the server of its keys"};
}

// Arguments in the form of redis's own documentation, which redis-cli shows as `key [argument …]`.
class argument_list {
 public:
  void add(std::string_view name, int count) {
    for (int at = 0; at < count; ++at)
      add(name, std::string_view());
  }
  void add_some(std::string_view name) { add(name, "*1\r\n+multiple\r\n"); }
  void add_any(std::string_view name) { add(name, "*2\r\n+optional\r\n+multiple\r\n"); }

  void append_to(std::string& out) const {
    append_array_header(out, count_);
    out += text_;
  }

 private:
  void add(std::string_view name, std::string_view flags) {
    ++count_;
    append_array_header(text_, flags.empty() ? 4 : 6);
    append_bulk(text_, "name");
    append_bulk(text_, name);
    append_bulk(text_, "type");
    append_bulk(text_, name == "key" ? "key" : "string");
    if (flags.empty()) return;
    append_bulk(text_, "flags");
    text_ += flags;
  }

  std::size_t count_ = 0;
  std::string text_;
};

argument_list arguments_of(const command& row) {
  argument_list list;
  const key_rule keys = reported_keys(row);
  const int least = std::abs(row.arity) - 1;
  if (keys.first == 1 && keys.last == -1 && keys.step == 1) {
    list.add("key", least - 1);
    list.add_some("key");
    return list;
  }
  const int in_front = keys.first != 1 ? 0 : keys.last > 1 ? keys.last : 1;
  list.add("key", in_front);
  list.add("argument", least - in_front);
  if (row.arity < 0) list.add_any("argument");
  return list;
}

}  // namespace

void append_docs(std::string& out, const command& row) {
  const treatment is = treatment_of(row);
  append_bulk(out, row.name);
  append_array_header(out, 6);
  append_bulk(out, "summary");
  append_bulk(out, is.summary);
  append_bulk(out, "group");
  append_bulk(out, is.group);
  append_bulk(out, "arguments");
  arguments_of(row).append_to(out);
}

}  // namespace dovetail::redis
