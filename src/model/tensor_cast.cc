#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "model/tensor_math.h"

namespace headroom::model {
namespace {
/// As x86 converts: what does not fit becomes the smallest integer.
template <class To, class From>
To number_to(From value) noexcept {
  if constexpr (std::is_same_v<To, std::uint8_t>) {
    return value != From{0} ? 1 : 0;
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    constexpr From limit = -static_cast<From>(std::numeric_limits<To>::min());
    return value >= -limit && value < limit ? static_cast<To>(value) : std::numeric_limits<To>::min();
  } else {
    return static_cast<To>(value);
  }
}

template <class From>
void write_text(From value, std::string& out) {
  if constexpr (std::is_floating_point_v<From>) {
    if (std::isnan(value)) {
      out = "NaN";
    } else if (std::isinf(value)) {
      out = value < 0 ? "-INF" : "INF";
    } else {
      char buffer[40];
      const int length = std::snprintf(buffer, sizeof buffer, std::is_same_v<From, float> ? "%.8g" : "%.17g", static_cast<double>(value));
      out.assign(buffer, static_cast<std::size_t>(length));
    }
  } else {
    out = std::to_string(value);
  }
}

template <class To>
bool read_text(std::string_view text, To& out) noexcept {
  if constexpr (std::is_same_v<To, std::uint8_t>) return false;
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stop == end && !text.empty();
}

template <class From, class To>
Trouble cast(const Call& call) {
  const Tensor& in = *call.in[0];
  To* out = call.make<To>(0, in.shape);
  if (out == nullptr) return kTooLarge;
  const auto& from = in.list<From>();
  constexpr bool kFromText = std::is_same_v<From, std::string_view>;
  constexpr bool kToText = std::is_same_v<To, std::string_view>;
  if constexpr (kFromText == kToText) {
    for (const From value : from) {
      if constexpr (kFromText) *out++ = value;
      else *out++ = number_to<To>(value);
    }
  } else if constexpr (kToText) {
    auto& made = call.out[0]->made;
    made.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      write_text(from[i], made[i]);
      out[i] = made[i];
    }
  } else {
    for (const auto value : from) {
      To number{};
      if (!read_text(value, number)) {
        if (const auto trouble = call.of_value("a text that is no number")) return trouble;
      }
      *out++ = number;
    }
  }
  return kFine;
}
}  // namespace

Kernel cast_kernel(Element to) {
  return [to](const Call& call) {
    return with_type(call.in[0]->element, [&](auto from) {
      return with_type(to, [&](auto wanted) { return cast<decltype(from), decltype(wanted)>(call); });
    });
  };
}
}  // namespace headroom::model
