#include <array>
#include <charconv>

#include "model/model.h"

namespace headroom::model {
namespace {
std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), static_cast<std::size_t>(end - text.data())};
}
}  // namespace

std::string to_text(const Label& label) {
  if (const auto* value = std::get_if<bool>(&label)) return *value ? "true" : "false";
  if (const auto* value = std::get_if<std::int64_t>(&label)) return std::to_string(*value);
  if (const auto* value = std::get_if<double>(&label)) return number_text(*value);
  return std::get<std::string>(label);
}
}  // namespace headroom::model
