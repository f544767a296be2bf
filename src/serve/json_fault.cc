#include "serve/json_fault.h"

namespace headroom::serve {
std::string json_fault(simdjson::error_code code) {
  using namespace simdjson;
  const char* why = "the structure is broken (a comma, colon, bracket or quote is missing or one too many)";
  switch (code) {
    case NUMBER_ERROR: why = "a number is malformed or beyond what a double holds"; break;
    case EMPTY: why = "the body is empty"; break;
    case UTF8_ERROR: why = "the text is not UTF-8"; break;
    case STRING_ERROR: why = "a string holds a broken escape"; break;
    case UNCLOSED_STRING: why = "a string is not closed"; break;
    case UNESCAPED_CHARS: why = "a string holds a control character"; break;
    case INCOMPLETE_ARRAY_OR_OBJECT: why = "something is not closed, or something follows the document"; break;
    case TRAILING_CONTENT: why = "something follows the document"; break;
    case DEPTH_ERROR: why = "it is nested too deep"; break;
    default: break;
  }
  return std::string("not JSON: ") + why;
}
}  // namespace headroom::serve
