// Why a request is not answered as it hoped: the parts of an RFC 9457 problem document.
#pragma once
#include <cstdint>
#include <string>

namespace headroom::serve {
/// status: 400, 413, 415 or 422. loc and input are JSON text: ["features",2] and "x"; empty where there is none.
struct RequestError {
  std::uint16_t status = 422;
  std::string message;  // "the value is no number"
  std::string loc;
  std::string input;
};
}  // namespace headroom::serve
