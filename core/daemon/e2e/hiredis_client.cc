// A short session over hiredis with its default options: hiredis_client PORT. Ends with 0 if every
// answer was the expected one; else says which was not.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <hiredis/hiredis.h>

namespace {

struct free_reply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using reply_ptr = std::unique_ptr<redisReply, free_reply>;

struct free_context {
  void operator()(redisContext* context) const { redisFree(context); }
};
using context_ptr = std::unique_ptr<redisContext, free_context>;

std::string text_of(const redisReply* reply) {
  if (reply == nullptr) return "no reply";
  switch (reply->type) {
    case REDIS_REPLY_INTEGER:
      return ":" + std::to_string(reply->integer);
    case REDIS_REPLY_NIL:
      return "nil";
    case REDIS_REPLY_ARRAY: {
      std::string all = "[";
      for (std::size_t at = 0; at < reply->elements; ++at) {
        all += (at == 0 ? "" : " ") + text_of(reply->element[at]);
      }
      return all + "]";
    }
    default:
      return {reply->str, reply->len};
  }
}

bool equal(std::string_view what, const redisReply* reply, std::string_view expected) {
  const std::string came = text_of(reply);
  if (came == expected) return true;
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), came.c_str());
  return false;
}

bool ask(redisContext& server, const char* request, std::string_view expected) {
  const reply_ptr reply(static_cast<redisReply*>(redisCommand(&server, request)));
  return equal(request, reply.get(), expected);
}

bool converse(redisContext& server) {
  return ask(server, "PING", "PONG") && ask(server, "SET hiredis:a 1", "OK") &&
         ask(server, "SET hiredis:b two", "OK") && ask(server, "INCRBY hiredis:a 41", ":42") &&
         ask(server, "MGET hiredis:a none hiredis:b", "[42 nil two]") &&
         ask(server, "DEL hiredis:a hiredis:b hiredis:c", ":2") &&
         ask(server, "GET hiredis:a", "nil") &&
         ask(server, "GET", "ERR wrong number of arguments for 'get' command");
}

bool pipeline(redisContext& server) {
  constexpr int requests = 2000;
  for (int at = 0; at < requests; ++at) {
    redisAppendCommand(&server, "SET hiredis:%d value-%d", at, at);
    redisAppendCommand(&server, "GET hiredis:%d", at);
  }
  for (int at = 0; at < 2 * requests; ++at) {
    void* reply = nullptr;
    if (redisGetReply(&server, &reply) != REDIS_OK) return false;
    const reply_ptr owned(static_cast<redisReply*>(reply));
    const std::string expected = at % 2 == 0 ? "OK" : "value-" + std::to_string(at / 2);
    if (!equal("pipeline", owned.get(), expected)) return false;
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: hiredis_client PORT\n", stderr);
    return 2;
  }
  const context_ptr server(redisConnect("127.0.0.1", std::atoi(arguments[1])));
  if (server == nullptr || server->err != 0) {
    std::fputs("hiredis_client: cannot connect\n", stderr);
    return 1;
  }
  return converse(*server) && pipeline(*server) ? 0 : 1;
}
