// A model server whose every reply says whose it is.
//
// It keeps no data: GET of a key is answered with a value made of that key, the server, the
// connection and the request's place on it. A reply that reached the wrong client, a request that
// was sent twice, a connection that got out of step: all can be read off the bytes.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/model/conversation.h"
#include "sim/world/scene.h"

namespace dovetail::sim {

// One request that a server has taken.
struct served {
  std::uint32_t server = 0;
  std::uint32_t connection = 0;  // counts from 0 at each server
  std::uint32_t arrival = 0;     // on this connection
  std::string_view request;
  std::string_view reply;      // as it was sent, faults included; empty: none
  std::optional<fault> wrong;  // what was wrong with it
};

// What a server does with a request: as it should when nothing is said.
struct conduct {
  std::optional<fault> wrong;
  std::optional<std::string> says;  // instead of its own words
};

// Who decides how servers behave, and hears what they did. Outlives them.
class director {
 public:
  virtual ~director() = default;

  // What it shall do with this request.
  virtual conduct behaviour(std::uint32_t server, std::string_view request) = 0;

  // A request is arriving, of which so much has come: shall it be answered with an error now?
  virtual bool answers_early(std::uint32_t server, std::string_view begun) = 0;

  // What it says now although nobody asked; empty: nothing. Asked again and again.
  virtual std::string unasked(std::uint32_t server) = 0;

  // Whether the server does nothing at all at the moment.
  virtual bool stalled(std::uint32_t server) const = 0;

  // Whether it has lost its data.
  virtual bool emptied(std::uint32_t server) const = 0;

  virtual void on_served(const served& what) = 0;
};

class tagged_server final : public server {
 public:
  tagged_server(director& by, std::uint32_t number, bool redis);

  std::unique_ptr<conversation> accept() override;

 private:
  class talk;

  director* director_;
  std::uint32_t number_;
  bool redis_;
  std::uint32_t connections_ = 0;
};

}  // namespace dovetail::sim
